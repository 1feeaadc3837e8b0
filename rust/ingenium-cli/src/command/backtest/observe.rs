//! What is seen of a run: counts, money, and the fingerprint of all it said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingenium_trading::backtest::{Driver, Event, Measure, Measured, Observer};
use ingenium_types::EventType;
use ingenium_types::scalar::UtcTimestamp;

use super::pictures::Pictures;
use super::plan::Prepared;
use super::scribe::Scribe;
use crate::exit::{Code, Failure};

/// Rows of the input that are named one by one; the rest is counted.
const NAMED: usize = 20;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    pub(crate) measured: Measured,
    pub(crate) fingerprint: String,
    pub(crate) pictures: Pictures,
    /// The first malformed rows.
    pub(crate) malformed: Vec<String>,
}

/// How many events of each kind there were.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    /// Rows of the input that are no bars; they were left out.
    pub(crate) malformed: u64,
    /// Bars.
    pub(crate) bars: u64,
    /// Signals.
    pub(crate) signals: u64,
    /// Orders.
    pub(crate) orders: u64,
    /// Cancels.
    pub(crate) cancels: u64,
    /// Executions: every change of an order, fills among them.
    pub(crate) executions: u64,
    /// Events that a component emitted while no delivery to it was open: with any, a run is not reproducible.
    pub(crate) late: u64,
}

/// Runs a plan from its first bar to its last.
pub(crate) fn run(prepared: &Prepared) -> Result<Outcome, Failure> {
    // What a program of somebody else's says is written down once, whenever it is dated.
    if !prepared.plan.is_typed() {
        return attempt(prepared, true)?.ok_or_else(unwritten);
    }
    match attempt(prepared, false)? {
        Some(outcome) => Ok(outcome),
        // The same run says the same again.
        None => attempt(prepared, true)?.ok_or_else(unwritten),
    }
}

fn unwritten() -> Failure {
    Failure::new(
        Code::Internal,
        "the fingerprint was not taken though all events were kept",
    )
}

/// Runs a plan; nothing where its fingerprint can only be taken with all events in memory.
fn attempt(prepared: &Prepared, keeps_all: bool) -> Result<Option<Outcome>, Failure> {
    let measure = Measure::new(prepared.cash()?, prepared.plan.measure.settings()?);
    let mut watch = Watch {
        counts: BTreeMap::new(),
        scribe: Scribe::new(keeps_all),
        measure,
        pictures: Pictures::default(),
    };
    let (mut malformed, mut named) = (0, Vec::new());
    let input = prepared.input()?.filter_map(|row| match row {
        Ok(event) => Some(event),
        Err(row) => {
            malformed += 1;
            if named.len() < NAMED {
                named.push(format!(
                    "`{}`, line {}: {}",
                    row.file, row.line, row.problem
                ));
            }
            None
        }
    });
    let late = Arc::default();
    Driver::new(prepared.actors(&late)?)
        .run(input, &mut watch)
        .map_err(|failure| Failure::new(Code::Bad, failure.to_string()))?;
    let count = |event_type| watch.counts.get(&event_type).copied().unwrap_or_default();
    let counts = Counts {
        malformed,
        bars: count(EventType::IngestorData),
        signals: count(EventType::StrategySignal),
        orders: count(EventType::PortfolioOrder),
        cancels: count(EventType::PortfolioCancel),
        executions: count(EventType::ExecutorExecution),
        late: late.load(Ordering::Relaxed),
    };
    let Some(fingerprint) = watch.scribe.finish()? else {
        return Ok(None);
    };
    let measured = watch.measure.finish();
    Ok(Some(Outcome {
        counts,
        measured: measured.map_err(|error| Failure::new(Code::Bad, error.to_string()))?,
        fingerprint,
        pictures: watch.pictures,
        malformed: named,
    }))
}

/// Adds up what is stated, in log order.
struct Watch {
    counts: BTreeMap<EventType, u64>,
    scribe: Scribe,
    measure: Measure,
    pictures: Pictures,
}

impl Observer for Watch {
    fn stored(&mut self, event: &Event) {
        let payload = &event.payload;
        *self.counts.entry(payload.event_type()).or_default() += 1;
        self.scribe.take(event);
        self.measure.stored(event);
        self.pictures.take(event);
    }

    fn step_closed(&mut self, time: UtcTimestamp) {
        self.measure.step_closed(time);
    }
}
