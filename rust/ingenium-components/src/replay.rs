//! `ingestor/replay`: events of a recording or of a broker's store once more, once.

mod error;
mod recording;
mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ingenium::sink::{Outcome, Sink};
use ingenium_contract::CloudEvent;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::EventType;
use ingenium_types::scalar::NonNegativeDecimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

pub use error::Error;

use crate::ingestor::Pace;

/// Configuration of `ingestor/replay`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// A recording, one structured CloudEvent a line, or the SQLite file of a broker.
    pub file: Option<PathBuf>,
    /// The types of the events that are posted; all others are left out.
    pub types: Vec<String>,
    /// How fast event time passes, as a multiple of the wall clock's; as fast as the sink takes it if absent or `0`.
    #[schemars(with = "Option<String>")]
    pub speed: Option<NonNegativeDecimal>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
            types: vec![EventType::IngestorData.as_str().to_owned()],
            speed: None,
        }
    }
}

/// Where an event stands: the line of a recording, or the offset of a store.
type Place = u64;

/// How many bad events are named one by one; the rest is counted.
const NAMED: u64 = 20;

/// The first bytes of every SQLite file.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Where an event stands, and the event or what is wrong with it.
type Item = (Place, Result<CloudEvent, String>);

/// Events in the order of their file.
trait Input {
    /// The next one; the data of one of `types` is judged.
    fn next(&mut self, types: &[String]) -> Result<Option<Item>, Error>;
}

/// Posts the events of `config.types` in the order of the file, each after the 202 of the one before.
///
/// Id, data and all other attributes are those of the file, but for what `overrides` sets. Returns false when it was
/// stopped before the end.
///
/// # Errors
/// [`Error`]; nothing is posted unless every event of the file can be read.
pub async fn replay(
    config: &Config,
    overrides: &BTreeMap<String, String>,
    sink: &Sink,
    stop: &Shutdown,
) -> Result<bool, Error> {
    check(config)?;
    let mut input = open(config)?;
    let mut pace = Pace::new(config.speed);
    let (mut sent, mut left_out) = (0_u64, 0_u64);
    while let Some((place, event)) = input.next(&config.types)? {
        let mut event = event.map_err(|problem| config.bad(place, 1, problem))?;
        if !config.types.contains(&event.type_) {
            left_out += 1;
            continue;
        }
        for (name, value) in overrides {
            event.set_extension(name, value.as_str());
        }
        let due = match event
            .time
            .as_ref()
            .and_then(ingenium_contract::Time::instant)
        {
            Some(time) => pace.wait(time, stop).await,
            None => true,
        };
        let outcome = if due {
            sink.send(&event, stop).await
        } else {
            Outcome::Stopped
        };
        match outcome {
            Outcome::Accepted => sent += 1,
            Outcome::Refused(status, answer) => {
                return Err(Error::Refused {
                    id: event.id,
                    source_uri: event.source,
                    status,
                    answer,
                });
            }
            Outcome::Stopped => {
                warn!(sent, "stopped before the end of the input");
                return Ok(false);
            }
        }
    }
    info!(sent, left_out, "input has ended");
    Ok(true)
}

/// Reads the whole file once: what is no event is named.
fn check(config: &Config) -> Result<(), Error> {
    let mut input = open(config)?;
    let mut first = None;
    let mut bad = 0;
    while let Some((place, event)) = input.next(&config.types)? {
        let Err(problem) = event else {
            continue;
        };
        bad += 1;
        if bad <= NAMED {
            warn!(place, problem, "this is no event");
        }
        first.get_or_insert((place, problem));
    }
    match first {
        Some((place, problem)) => Err(config.bad(place, bad, problem)),
        None => Ok(()),
    }
}

fn open(config: &Config) -> Result<Box<dyn Input>, Error> {
    let path = config.file.as_deref().ok_or(Error::NoFile)?;
    let mut recording = recording::Recording::open(path)?;
    Ok(if recording.starts_with(SQLITE)? {
        Box::new(store::Store::open(path)?)
    } else {
        Box::new(recording)
    })
}

impl Config {
    fn bad(&self, place: Place, count: u64, problem: String) -> Error {
        let path = self.file.clone().unwrap_or_default();
        Error::Bad {
            path: path.display().to_string(),
            place,
            problem,
            more: match count {
                0 | 1 => String::new(),
                count => format!(", and {} more", count - 1),
            },
        }
    }
}
