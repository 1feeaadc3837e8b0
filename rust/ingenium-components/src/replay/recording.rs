//! A recording: one structured CloudEvent a line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use bytes::Bytes;
use ingenium_contract::finding::is_valid;
use ingenium_contract::{CloudEvent, validate_structured};
use ingenium_types::View;

use super::{Error, Input, Item, Place};

/// A line is not longer.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// The lines of a file; blank ones are skipped.
pub(super) struct Recording {
    path: String,
    lines: BufReader<File>,
    line: Place,
}

impl Recording {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        match File::open(path) {
            Ok(file) => Ok(Self {
                path: shown,
                lines: BufReader::new(file),
                line: 0,
            }),
            Err(source) => Err(Error::Unreadable {
                path: shown,
                source,
            }),
        }
    }

    /// Whether the file starts with `magic`.
    pub(super) fn starts_with(&mut self, magic: &[u8]) -> Result<bool, Error> {
        let start = self.lines.fill_buf().map_err(|source| Error::Unreadable {
            path: self.path.clone(),
            source,
        })?;
        Ok(start.starts_with(magic))
    }
}

impl Input for Recording {
    fn next(&mut self, types: &[String]) -> Result<Option<Item>, Error> {
        loop {
            let mut line = Vec::new();
            let mut lines = self.lines.by_ref().take(LONGEST_LINE);
            let read = lines.read_until(b'\n', &mut line);
            let read = read.map_err(|source| Error::Unreadable {
                path: self.path.clone(),
                source,
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if !line.trim_ascii().is_empty() {
                return Ok(Some((self.line, event(line, types))));
            }
        }
    }
}

/// The event in `text`, or the first thing that is wrong with it; of an event of none of `types`, its data is not judged.
pub(super) fn event(text: Vec<u8>, types: &[String]) -> Result<CloudEvent, String> {
    let verdict = validate_structured(&Bytes::from(text), View::Reader);
    let findings = match verdict.event {
        Some(event) if is_valid(&verdict.findings) || !types.contains(&event.type_) => {
            return Ok(event);
        }
        _ => verdict.findings,
    };
    let wrong = findings
        .iter()
        .find(|finding| !is_valid(std::slice::from_ref(*finding)));
    Err(wrong.map_or_else(
        || "this is no event".to_owned(),
        |finding| format!("{} {}", finding.rule, finding.message),
    ))
}
