//! A log to read to its end: that of a running broker, or the file of one.

use std::path::{Path, PathBuf};

use ingenium_broker::Recording;
use ingenium_broker::trigger::filter::all_pass;
use ingenium_contract::envelope;

use super::Log;
use super::feed::Feed;
use super::selection::Range;
use crate::command::broker::{FILE, failure};
use crate::exit::{Code, Failure};

/// Where a log is.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// At a running broker.
    Broker(&'a Log),
    /// In a file, which belongs to the broker of this log.
    File(PathBuf, &'a Log),
}

/// An error of the file, or of what is done with its events.
struct Stopped(Failure);

impl From<ingenium_broker::Error> for Stopped {
    fn from(error: ingenium_broker::Error) -> Self {
        Self(failure(error))
    }
}

impl<'a> Source<'a> {
    /// The file in the folder, if there is one, else the running broker.
    pub(super) fn new(data: Option<&Path>, log: &'a Log) -> Self {
        match data {
            Some(folder) => Self::File(folder.join(FILE), log),
            None => Self::Broker(log),
        }
    }

    /// Calls `each` with every event of the range, in log order, as structured JSON in one line.
    pub(super) async fn for_each(
        &self,
        range: &Range,
        quiet: bool,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Broker(log) => {
                let mut feed = Feed::new(log, range, quiet)?;
                while let Some(entry) = feed.next().await? {
                    each(entry.line.as_bytes())?;
                }
                Ok(())
            }
            Self::File(path, log) => {
                read(path, &log.name, range, each).map_err(|Stopped(failure)| failure)
            }
        }
    }
}

fn read(
    path: &Path,
    name: &str,
    range: &Range,
    each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Stopped> {
    let start = range.start().map_err(Stopped)?;
    let filters = range.compiled().map_err(Stopped)?;
    let recording = Recording::open(path)?;
    let profile = recording.profile(name)?;
    let head = recording.head()?;
    let to = match range.to.as_deref() {
        None | Some("head") => head,
        Some(text) => text.parse().map_err(|_| {
            let message = format!("--to is `{}`: set `head` or an offset", text.escape_debug());
            Stopped(Failure::new(Code::Usage, message))
        })?,
    };
    recording.for_each(recording.position(&start)?, to, |_, event| {
        if all_pass(&filters, event, profile) {
            each(&envelope::to_line(event)).map_err(Stopped)?;
        }
        Ok(())
    })
}
