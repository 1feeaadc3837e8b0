//! The fingerprint of a run: equal for two runs that said the same things at the same event times.
//!
//! One line per distinct (source, id): RFC 8785 of `{data, subject, time, type}`, sorted by time as an instant and
//! then by bytes, each ending in a line feed, all hashed with SHA-256. Ids, trace context, recording times and the
//! order of arrival play no part.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::scalar::UtcTimestamp;

/// What an event says, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    time: Option<UtcTimestamp>,
    bytes: Vec<u8>,
}

impl Line {
    /// The line of an event with JSON data.
    ///
    /// # Errors
    /// When `data` is present and not JSON.
    pub fn new(
        event_type: &str,
        subject: Option<&str>,
        time: Option<UtcTimestamp>,
        data: Option<&[u8]>,
    ) -> Result<Self, serde_json::Error> {
        let mut line = Map::new();
        if let Some(data) = data {
            line.insert("data".to_owned(), serde_json::from_slice(data)?);
        }
        if let Some(subject) = subject {
            line.insert("subject".to_owned(), Value::from(subject));
        }
        if let Some(time) = time {
            line.insert("time".to_owned(), Value::from(time.canonical().to_string()));
        }
        line.insert("type".to_owned(), Value::from(event_type));
        Ok(Self {
            time,
            bytes: serde_json_canonicalizer::to_vec(&Value::Object(line))?,
        })
    }

    /// The canonical bytes, without the line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The fingerprint over one line per distinct (source, id), in any order: `sha256:` and 64 hex digits.
#[must_use]
pub fn fingerprint(mut lines: Vec<Line>) -> String {
    lines.sort_unstable();
    let mut hasher = Sha256::new();
    for line in &lines {
        hasher.update(&line.bytes);
        hasher.update(b"\n");
    }
    hex_digest("sha256:", &hasher.finalize())
}

/// `prefix` and the bytes in lower-case hex.
#[must_use]
pub fn hex_digest(prefix: &str, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let hex = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]));
    prefix.chars().chain(hex).collect()
}
