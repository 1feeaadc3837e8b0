//! `ingestor/csv`: files of daily bars to data events, once.

mod bars;
mod merge;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ingenium::emit::Stamp;
use ingenium::sink::{Outcome, Sink};
use ingenium::trading::backtest;
use ingenium_runtime::clock;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::Payload;
use ingenium_types::event::DataEvent;
use ingenium_types::id::EventId;
use ingenium_types::scalar::{InstrumentSymbol, UtcTimestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

pub use bars::{Bars, Malformed};
pub use merge::Merge;

/// Configuration of `ingestor/csv`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the data events.
    pub source: String,
    /// The files, each of one symbol.
    pub files: Vec<File>,
    /// Marks every event as part of this simulated run (`ingeniumrun`).
    pub run: Option<String>,
    /// Take only this many bars of each file.
    pub limit: Option<usize>,
}

/// One file of bars.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// Its symbol.
    #[schemars(with = "String")]
    pub symbol: InstrumentSymbol,
}

impl File {
    /// A file whose name without the extension is its symbol.
    ///
    /// # Errors
    /// When the name is no symbol.
    pub fn named_after_its_symbol(path: &Path) -> Result<Self, Error> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let symbol = stem.parse().map_err(|_| Error::NoSymbol {
            path: path.display().to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            symbol,
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            source: "/ingenium/ingestor/csv".to_owned(),
            files: Vec::new(),
            run: None,
            limit: None,
        }
    }
}

/// Why the input was not ingested to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file is named.
    #[error("no input: name at least one file in `files`")]
    NoFiles,
    /// A file's name is no symbol.
    #[error(
        "`{path}` is not named after its symbol: call it `AAPL.csv`, or name the symbol in `files`"
    )]
    NoSymbol {
        /// The file.
        path: String,
    },
    /// Two files have the same symbol.
    #[error(
        "two files are of symbol `{symbol}`: `{first}` and `{second}`; merge them, or name another symbol"
    )]
    SymbolTwice {
        /// The symbol.
        symbol: String,
        /// The one file.
        first: String,
        /// The other file.
        second: String,
    },
    /// A file cannot be read.
    #[error("`{path}`: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file's first line does not name the columns.
    #[error(
        "`{path}`, line 1: {problem}; expected columns Date, Open, High, Low, Close, Volume (Adj Close is optional)"
    )]
    Header {
        /// The file.
        path: String,
        /// What is wrong with the line.
        problem: String,
    },
    /// The sink refused a bar for good.
    #[error("the sink refused the bar of `{symbol}` at {timestamp}: status {status}: {answer}")]
    Refused {
        /// The bar's symbol.
        symbol: String,
        /// The bar's start.
        timestamp: UtcTimestamp,
        /// The status of the answer.
        status: u16,
        /// The start of the answer.
        answer: String,
    },
}

/// How many malformed rows are named one by one; the rest is counted.
const NAMED: u64 = 20;

/// Posts all bars in (time, Symbol, Type, Period) order, each after the 202 of the one before.
///
/// Malformed and backward rows are named and counted, never sent. Returns false when it was stopped before the end.
///
/// # Errors
/// [`Error`]; nothing is posted unless every file can be opened and has a header.
pub async fn ingest(
    config: &Config,
    overrides: &BTreeMap<String, String>,
    sink: &Sink,
    stop: &Shutdown,
) -> Result<bool, Error> {
    let stamp = Stamp {
        source: config.source.clone(),
        overrides: overrides.clone(),
    };
    let mut malformed = 0_u64;
    let mut sent = 0_u64;
    for row in open(config)? {
        let bar = match row {
            Ok(bar) => bar,
            Err(row) => {
                malformed += 1;
                if malformed <= NAMED {
                    warn!(
                        file = row.file,
                        line = row.line,
                        problem = row.problem,
                        "row is malformed, not sent"
                    );
                }
                continue;
            }
        };
        let (symbol, timestamp) = (bar.symbol.to_string(), bar.timestamp);
        let time = bar.end_timestamp.unwrap_or(bar.timestamp);
        let id = bar_id(&config.source, &bar);
        let payload = Payload::from(bar);
        let event = stamp.root(id, time, &payload, config.run.as_deref(), clock::now());
        match sink.send(&event, stop).await {
            Outcome::Accepted => sent += 1,
            Outcome::Refused(status, answer) => {
                return Err(Error::Refused {
                    symbol,
                    timestamp,
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
    info!(sent, malformed, "input has ended");
    Ok(true)
}

/// Opens all files; the rows come merged.
///
/// # Errors
/// [`Error`] naming the file.
pub fn open(config: &Config) -> Result<Merge, Error> {
    if config.files.is_empty() {
        return Err(Error::NoFiles);
    }
    let mut seen: BTreeMap<&str, &File> = BTreeMap::new();
    for file in &config.files {
        if let Some(first) = seen.insert(file.symbol.as_str(), file) {
            return Err(Error::SymbolTwice {
                symbol: file.symbol.to_string(),
                first: first.path.display().to_string(),
                second: file.path.display().to_string(),
            });
        }
    }
    let series: Result<Vec<Bars>, Error> = config
        .files
        .iter()
        .map(|file| Bars::open(file, config.limit))
        .collect();
    Ok(Merge::new(series?))
}

/// The input of a run in this process: what [`ingest`] would post of these bars, from `source`, in the same order.
///
/// A malformed row is an item of its own.
pub fn roots(
    bars: Merge,
    source: &str,
    run: Option<&str>,
) -> impl Iterator<Item = Result<backtest::Event, Malformed>> + use<> {
    let (source, run) = (source.to_owned(), run.map(ToOwned::to_owned));
    bars.map(move |row| row.map(|bar| root(&source, bar, run.as_deref())))
}

/// The event that states `bar`.
#[must_use]
pub fn root(source: &str, bar: DataEvent, run: Option<&str>) -> backtest::Event {
    let id = bar_id(source, &bar);
    let time = bar.end_timestamp.unwrap_or(bar.timestamp);
    backtest::Event::root(source, id, time, Payload::from(bar), run)
}

/// The id of a final bar without revision (contract, "Deterministic ids").
fn bar_id(source: &str, bar: &DataEvent) -> EventId {
    let period = match &bar.data {
        ingenium_types::event::MarketData::Ohlc(ohlc) => {
            ohlc.period.as_ref().map_or("", |period| period.as_str())
        }
        _ => "",
    };
    EventId::of(&[
        source,
        "data.type.ohlc",
        bar.symbol.as_str(),
        period,
        &bar.timestamp.to_string(),
        "true",
        "",
    ])
}
