//! What a case does to a component.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sink::SinkAnswer;

/// One thing that is done to the component.
///
/// Names (`as`) bind what was sent or emitted, for later steps and for expectations. Symbols are letters: `A` unless
/// said otherwise, and every case has its own `A`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Whatever makes the role emit: bars until a signal, a bar and a LONG signal until an order, an order between two
    /// bars until its last execution. Afterwards the role is flat again.
    Provoke(Trip),
    /// The same for many symbols at once.
    Parallel {
        /// How many.
        times: usize,
    },
    /// One event.
    Send(Sent),
    /// The same message again, byte for byte.
    Resend {
        /// The name of what is sent again.
        what: String,
        /// Its own name.
        #[serde(rename = "as", default)]
        name: Option<String>,
        /// Over and over.
        #[serde(default = "once")]
        times: usize,
    },
    /// The same payload as a new event, with an id of its own.
    Again {
        /// The name of what is stated again.
        what: String,
        /// The new event's name.
        #[serde(rename = "as")]
        name: String,
        /// Members of the payload that differ; `null` removes one.
        #[serde(default)]
        data: BTreeMap<String, Value>,
    },
    /// These messages as they are.
    SendRaw(Vec<RawMessage>),
    /// Wait for an emission.
    Await(Awaited),
    /// An execution that answers an order of the portfolio's.
    Execute {
        /// The name of the order.
        order: String,
        /// What became of it.
        outcome: Outcome,
        /// The event's name.
        #[serde(rename = "as", default)]
        name: Option<String>,
        /// Members of the payload that differ; `null` removes one.
        #[serde(default)]
        data: BTreeMap<String, Value>,
    },
    /// How the sink answers what is about the case from here on; the last answer stays.
    Sink {
        /// Only what is about this symbol.
        #[serde(default)]
        symbol: Option<String>,
        /// The answers.
        answers: Vec<SinkAnswer>,
    },
    /// Provoke the role while its sink is slow, and end the process as soon as it emits.
    Drain {
        /// How slow, in milliseconds.
        sink_delay_ms: u64,
    },
    /// End the process.
    Stop(End),
    /// Start it again: same command, same sink.
    Start,
    /// One request that is no event.
    Request {
        /// The method.
        method: String,
    },
    /// The whole default series of bars.
    Series {
        /// The symbol.
        #[serde(default = "symbol_a")]
        symbol: String,
        /// Only so many bars.
        #[serde(default)]
        bars: Option<usize>,
        /// Bars of this symbol in between.
        #[serde(default)]
        interleaved_with: Option<String>,
        /// Each bar comes this often.
        #[serde(default = "once")]
        deliveries: usize,
        /// Before each bar comes one that is not final, with another close.
        #[serde(default)]
        unfinished: bool,
        /// How the bars travel.
        #[serde(default)]
        manner: Manner,
    },
    /// Fresh processes, each with a shorter series.
    Prefixes {
        /// How many.
        cuts: usize,
    },
    /// A fresh process with the same series again.
    Replay,
    /// Run an ingestor on a file until it ends.
    Ingest {
        /// The file.
        fixture: Fixture,
        /// The run's name.
        #[serde(rename = "as")]
        name: String,
    },
    /// Wait until the component has been silent for so long.
    Quiet {
        /// In milliseconds.
        ms: u64,
    },
}

const fn once() -> usize {
    1
}

impl Step {
    /// The name that a count may begin or end at.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Provoke(trip) => trip.name.as_deref(),
            Self::Send(sent) => sent.name.as_deref(),
            Self::Resend { name, .. } | Self::Execute { name, .. } => name.as_deref(),
            Self::Again { name, .. } | Self::Ingest { name, .. } => Some(name),
            _ => None,
        }
    }
}

pub(super) fn symbol_a() -> String {
    "A".to_owned()
}

/// A content mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Attributes in headers.
    #[default]
    Binary,
    /// One JSON object.
    Structured,
}

/// How events are dressed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manner {
    /// `binary` or `structured`.
    #[serde(default)]
    pub mode: Mode,
    /// The `Content-Type`, if not the plain one.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Header names as `Content-Type`, not `content-type`.
    #[serde(default)]
    pub title_case: bool,
    /// Header values in double quotes.
    #[serde(default)]
    pub quoted: bool,
    /// Attributes that are set; `null` stands as null in structured mode.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Members that the payload has beyond its own.
    #[serde(default)]
    pub data: BTreeMap<String, Value>,
    /// A payload member `Padding` that brings the data to so many bytes.
    #[serde(default)]
    pub data_bytes: Option<usize>,
    /// Text that is added to the id.
    #[serde(default)]
    pub id_suffix: Option<String>,
}

/// What makes a role act.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trip {
    /// The symbol.
    #[serde(default = "symbol_a")]
    pub symbol: String,
    /// The name of the event that made it act.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// How the events travel.
    #[serde(default)]
    pub manner: Manner,
    /// Do not leave the role flat: the order stays unanswered, the position stays open.
    #[serde(default)]
    pub keep: bool,
    /// Over and over.
    #[serde(default)]
    pub times: Option<usize>,
}

/// An event of the runner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// What the role acts on: a bar, a signal, an order.
    Input,
    /// A bar of the day before the first: late.
    LateBar,
    /// The next bar: open and close 10, high 10.5, low 9.5, volume 1,000,000.
    Bar,
    /// A signal after the last bar: LONG.
    Signal,
    /// An order after the last bar: MARKET BUY 10.
    Order,
    /// A cancel of the order that `of` names.
    Cancel,
    /// A data event whose `Type` no contract knows.
    UnknownData,
    /// An event whose `type` is in no catalog.
    UnknownType,
}

/// One event to send.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Which.
    pub event: Event,
    /// Its name.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// The symbol.
    #[serde(default = "symbol_a")]
    pub symbol: String,
    /// The event that it is about.
    #[serde(default)]
    pub of: Option<String>,
    /// Members of the payload that differ; `null` removes one.
    #[serde(default)]
    pub data: BTreeMap<String, Value>,
    /// How it travels.
    #[serde(default)]
    pub manner: Manner,
}

/// A message that is sent as it is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMessage {
    /// What is wrong with it.
    pub name: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body as text. `{type}` is the type that the role acts on, `{data}` a payload of it, `{symbol}` its symbol.
    #[serde(default)]
    pub body: String,
    /// Its body in hex, for bytes that are no text.
    #[serde(default)]
    pub body_hex: Option<String>,
}

/// An emission to wait for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Awaited {
    /// The last part of its type: `signal`, `order`, `cancel`, `execution`.
    pub emit: String,
    /// Its name.
    #[serde(rename = "as", default)]
    pub name: Option<String>,
    /// The symbol.
    #[serde(default = "symbol_a")]
    pub symbol: String,
    /// Members that the payload has.
    #[serde(default)]
    pub data: BTreeMap<String, Value>,
    /// How long, in milliseconds; the role's usual patience otherwise.
    #[serde(default)]
    pub within_ms: Option<u64>,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All of it traded, at its price of 10.
    Filled,
    /// It was refused.
    Rejected,
    /// It was taken back without a fill.
    Canceled,
}

/// How a process is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// SIGTERM, and time to drain.
    Term,
    /// SIGKILL.
    Kill,
}

/// A file for an ingestor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fixture {
    /// Well-formed rows, with prices that no binary fraction holds.
    Clean,
    /// Repeated, backward and malformed rows between good ones.
    Dirty,
    /// There is no such file.
    Missing,
}
