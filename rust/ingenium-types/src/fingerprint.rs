//! The fingerprint of a run: equal for two runs that said the same things at the same event times.
//!
//! One line per distinct (source, id): RFC 8785 of `{data, subject, time, type}`, sorted by time as an instant and
//! then by bytes, each ending in a line feed, all hashed with SHA-256. Ids, trace context, recording times and the
//! order of arrival play no part.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::Payload;
use crate::canonical::reorder;
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

    /// The line of an event with this payload: what [`new`](Self::new) gives, without reading what was written.
    ///
    /// Nothing of the line but the payload has characters that are escaped.
    #[must_use]
    pub fn of(payload: &Payload, time: UtcTimestamp) -> Self {
        let mut bytes = Vec::with_capacity(USUAL);
        bytes.extend_from_slice(b"{\"data\":");
        reorder(&payload.encode(), &mut bytes);
        let rest = [
            ",\"subject\":\"",
            payload.symbol().as_str(),
            "\",\"time\":\"",
            &time.canonical().to_string(),
            "\",\"type\":\"",
            payload.event_type().as_str(),
            "\"}",
        ];
        for part in rest {
            bytes.extend_from_slice(part.as_bytes());
        }
        Self {
            time: Some(time),
            bytes,
        }
    }

    /// The canonical bytes, without the line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// More than most lines have.
const USUAL: usize = 512;

/// The fingerprint of a run that is going on, without keeping all its lines.
///
/// Lines come nearly in the order of time. Those that are older than whatever may still come are hashed and forgotten.
#[derive(Debug, Default)]
pub struct Running {
    pending: Vec<Line>,
    hasher: Sha256,
    /// The time of the last line that was hashed.
    hashed: Option<UtcTimestamp>,
    overtaken: bool,
    /// How many lines are kept before it is worth while to look for old ones.
    patience: usize,
}

impl Running {
    /// Adds one line of each distinct (source, id).
    pub fn add(&mut self, line: Line) {
        self.overtaken |= self.hashed.is_some() && line.time <= self.hashed;
        self.pending.push(line);
    }

    /// Says that lines before `time` are not expected any more.
    pub fn settle_before(&mut self, time: UtcTimestamp) {
        if self.pending.len() < self.patience.max(FEW) {
            return;
        }
        self.pending.sort();
        let old = self.pending.partition_point(|line| line.time < Some(time));
        self.hashed = self.pending[..old]
            .last()
            .map_or(self.hashed, |line| line.time);
        for line in self.pending.drain(..old) {
            self.hasher.update(&line.bytes);
            self.hasher.update(b"\n");
        }
        self.patience = 2 * self.pending.len();
    }

    /// The fingerprint; `None` where a line has come that was not expected any more: then all lines have to be kept.
    #[must_use]
    pub fn finish(mut self) -> Option<String> {
        self.pending.sort_unstable();
        for line in &self.pending {
            self.hasher.update(&line.bytes);
            self.hasher.update(b"\n");
        }
        (!self.overtaken).then(|| hex_digest("sha256:", &self.hasher.finalize()))
    }
}

/// So many lines are not worth looking through.
const FEW: usize = 4096;

/// The fingerprint over one line per distinct (source, id), in any order: `sha256:` and 64 hex digits.
#[must_use]
pub fn fingerprint(lines: Vec<Line>) -> String {
    let running = Running {
        pending: lines,
        ..Running::default()
    };
    running.finish().expect("nothing was hashed before the end")
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
