//! What the steps of a case came to: the evidence that its expectations are judged by.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::target::Ended;

/// A symbol and how far it has come.
#[derive(Debug, Clone)]
pub struct Line {
    /// The symbol on the wire.
    pub symbol: String,
    /// The next bar's day.
    pub day: usize,
    /// How many signals, orders and the like it has had.
    pub nth: usize,
}

/// One attempt to make the role act.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The symbol on the wire.
    pub symbol: String,
    /// The day of the first bar.
    pub day: usize,
    /// The delivery that made it act, as far as can be told.
    pub cause: Option<usize>,
    /// The first emission that it led to.
    pub first: Option<usize>,
    /// All deliveries.
    pub deliveries: Vec<usize>,
}

impl Attempt {
    /// An attempt on a symbol, from where it stands.
    pub(crate) fn on(line: &Line) -> Self {
        Self {
            symbol: line.symbol.clone(),
            day: line.day,
            cause: None,
            first: None,
            deliveries: Vec::new(),
        }
    }
}

/// A run of an ingestor.
#[derive(Debug, Clone)]
pub struct Ingestion {
    /// How it ended.
    pub ended: Ended,
    /// The instance that it was: others emit at the same time.
    pub instance: usize,
    /// The emissions of the run are among these: from this one on, up to that one.
    pub emissions: std::ops::Range<usize>,
    /// The rows that are to become events, as (day, cells).
    pub rows: Vec<Row>,
    /// The rows that cannot be read.
    pub malformed: usize,
    /// The rows that repeat another or go back in time: they become no event, either.
    pub left_out: usize,
    /// What it printed.
    pub output: String,
    /// The symbol on the wire.
    pub symbol: String,
}

/// A well-formed row of a fixture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `Date`.
    pub date: String,
    /// `Open`, `High`, `Low`, `Close`, `Volume`.
    pub cells: [String; 5],
}

/// A process that was given the start of a series.
#[derive(Debug, Clone)]
pub struct Prefix {
    /// How many bars.
    pub bars: usize,
    /// The instance that saw them.
    pub instance: usize,
}

/// The evidence.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The case's id.
    pub case: Arc<str>,
    /// The instance that it was done to.
    pub instance: usize,
    /// The symbols, by letter.
    pub lines: BTreeMap<String, Line>,
    /// Deliveries by name.
    pub sent: BTreeMap<String, usize>,
    /// Emissions by name.
    pub emitted: BTreeMap<String, usize>,
    /// Attempts to make the role act.
    pub attempts: Vec<Attempt>,
    /// What was waited for and did not come.
    pub missed: Vec<String>,
    /// Ends of the process.
    pub ends: Vec<Ended>,
    /// Whether the process lived at the end of the case.
    pub alive: bool,
    /// The delivery that was still accepted long after TERM.
    pub took_after_term: Option<usize>,
    /// How long the process took to be ready.
    pub ready_after: Duration,
    /// Runs of an ingestor, by name.
    pub ingestions: BTreeMap<String, Ingestion>,
    /// Fresh processes with the start of the series.
    pub prefixes: Vec<Prefix>,
    /// The fresh process with the whole series again.
    pub replay: Option<usize>,
    /// Bars in the series.
    pub series: usize,
    /// Deliveries of the case: from this one on, up to that one.
    pub deliveries: std::ops::Range<usize>,
    /// The runner's own mistake.
    pub harness: Option<String>,
}

impl Scene {
    pub(crate) fn new(case: &str, instance: usize) -> Self {
        Self {
            case: case.into(),
            instance,
            lines: BTreeMap::new(),
            sent: BTreeMap::new(),
            emitted: BTreeMap::new(),
            attempts: Vec::new(),
            missed: Vec::new(),
            ends: Vec::new(),
            alive: true,
            took_after_term: None,
            ready_after: Duration::ZERO,
            ingestions: BTreeMap::new(),
            prefixes: Vec::new(),
            replay: None,
            series: 0,
            deliveries: 0..0,
            harness: None,
        }
    }

    /// The symbol on the wire of a letter, if the case used it.
    #[must_use]
    pub fn symbol(&self, letter: &str) -> Option<&str> {
        self.lines.get(letter).map(|line| line.symbol.as_str())
    }

    /// How many inputs an attempt on another symbol took that began on the same day: twins get the same, also where the
    /// component acts some time after it was given enough.
    #[must_use]
    pub fn twin(&self, line: &Line) -> Option<usize> {
        self.attempts
            .iter()
            .find(|one| one.symbol != line.symbol && one.day == line.day)
            .map(|one| one.deliveries.len())
    }

    /// Whether a symbol on the wire belongs to the case.
    #[must_use]
    pub fn owns(&self, symbol: &str) -> bool {
        self.lines.values().any(|line| line.symbol == symbol)
    }
}
