//! `ingestor/csv`: files of bars to data events, once.

mod adjust;
mod bars;
mod columns;
mod dates;
mod error;
mod header;
mod merge;
mod moment;
mod period;
mod reading;
mod row;
mod sample;
mod speed;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ingenium::emit::Stamp;
use ingenium::sink::{Outcome, Sink};
use ingenium::trading::backtest::{self, Feed};
use ingenium_runtime::clock;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::Payload;
use ingenium_types::event::DataEvent;
use ingenium_types::id::EventId;
use ingenium_types::scalar::{BarPeriod, InstrumentSymbol, NonNegativeDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

pub use adjust::Adjust;
pub use bars::{Bars, Malformed};
pub use dates::DateFormat;
pub use error::Error;
pub use merge::Merge;
pub use reading::{Field, NoField, Reading};
pub use speed::Pace;

/// Configuration of `ingestor/csv`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the data events.
    pub source: String,
    /// The files.
    pub files: Vec<File>,
    /// Marks every event as part of this simulated run (`ingeniumrun`).
    pub run: Option<String>,
    /// Take only this many bars of each symbol in each file.
    pub limit: Option<usize>,
    /// Columns by name or by `#N`, counted from 1; those that are absent are found by their common names.
    pub map: BTreeMap<Field, String>,
    /// How dates are written; told by the rows if absent.
    pub date_format: Option<DateFormat>,
    /// How long a bar lasts, such as `1m` or `1d`; the most common step between rows if absent.
    #[schemars(with = "Option<String>")]
    pub period: Option<BarPeriod>,
    /// Whether prices are scaled by the adjusted close.
    pub adjust: Adjust,
    /// How fast event time passes, as a multiple of the wall clock's; as fast as the sink takes it if absent or `0`.
    #[schemars(with = "Option<String>")]
    pub speed: Option<NonNegativeDecimal>,
}

impl Config {
    /// The same for files that are read otherwise.
    #[must_use]
    pub fn with_reading(self, reading: Reading) -> Self {
        Self {
            map: reading.map,
            date_format: reading.date_format,
            period: reading.period,
            adjust: reading.adjust,
            ..self
        }
    }

    /// How its files are to be read.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading {
            map: self.map.clone(),
            date_format: self.date_format,
            period: self.period.clone(),
            adjust: self.adjust,
        }
    }
}

/// One file of bars.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// Its symbol: of a file with a column of symbols, only the rows of this one are taken. Where it is absent, that
    /// column names the symbol of each row; a file without one is named after its symbol.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub symbol: Option<InstrumentSymbol>,
}

impl File {
    /// The symbol that the file is named after.
    fn symbol_in_name(&self) -> Result<InstrumentSymbol, Error> {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        stem.parse().map_err(|_| Error::NoSymbol {
            path: self.path.display().to_string(),
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
            map: BTreeMap::new(),
            date_format: None,
            period: None,
            adjust: Adjust::None,
            speed: None,
        }
    }
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
    let mut pace = Pace::new(config.speed);
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
        if !pace.wait(time, stop).await {
            warn!(sent, "stopped before the end of the input");
            return Ok(false);
        }
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
    let reading = config.reading();
    let series: Result<Vec<Bars>, Error> = config
        .files
        .iter()
        .map(|file| Bars::open(file, &reading, config.limit))
        .collect();
    let series = series?;
    let mut seen: BTreeMap<&str, &File> = BTreeMap::new();
    for (bars, file) in series.iter().zip(&config.files) {
        let Some(symbol) = bars.symbol() else {
            continue;
        };
        if let Some(first) = seen.insert(symbol.as_str(), file) {
            return Err(Error::SymbolTwice {
                symbol: symbol.to_string(),
                first: first.path.display().to_string(),
                second: file.path.display().to_string(),
            });
        }
    }
    Ok(Merge::new(series))
}

/// The input of a run in this process: what [`ingest`] would post of these bars, from `source`, in the same order.
///
/// A malformed row is an item of its own.
pub fn roots(
    bars: Merge,
    source: &str,
    run: Option<&str>,
) -> impl Iterator<Item = Result<backtest::Event, Malformed>> + use<> {
    let feed = feed(source, run);
    bars.map(move |row| row.map(|bar| root(&feed, bar)))
}

/// What `source` states of bars, in a run of this id.
#[must_use]
pub fn feed(source: &str, run: Option<&str>) -> Arc<Feed> {
    let id = |source: &str, payload: &Payload| match payload {
        Payload::IngestorData(bar) => bar_id(source, bar),
        // A feed of bars states nothing else.
        other => EventId::of(&[source, &String::from_utf8_lossy(&other.encode())]),
    };
    Arc::new(Feed {
        source: source.to_owned(),
        run: run.map(ToOwned::to_owned),
        id,
    })
}

/// The event that states `bar`.
#[must_use]
pub fn root(feed: &Arc<Feed>, bar: DataEvent) -> backtest::Event {
    let time = bar.end_timestamp.unwrap_or(bar.timestamp);
    backtest::Event::root(Arc::clone(feed), time, Payload::from(bar))
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
