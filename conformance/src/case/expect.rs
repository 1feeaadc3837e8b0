//! What must hold.

use std::collections::BTreeMap;

use ingenium_contract::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::step::symbol_a;

/// One thing that must hold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expect {
    /// No emission of the whole run has one of these findings.
    NoFinding {
        /// Findings that fail the check.
        must: Vec<Pattern>,
        /// Findings that are a warning.
        #[serde(default)]
        should: Vec<Pattern>,
    },
    /// A rule about all emissions of the whole run.
    Stream(Stream),
    /// So many distinct (source, id) were emitted in this case.
    Count(Between),
    /// How the component answered what this case sent.
    Answered {
        /// The name of what was sent; absent: everything.
        #[serde(default)]
        what: Option<String>,
        /// What fails the check otherwise.
        must: Status,
        /// What is a warning otherwise.
        #[serde(default)]
        should: Option<Status>,
    },
    /// The component acted on every trip of the case.
    Acts,
    /// Two symbols of the case led to the same emissions, ids and symbols aside.
    Same {
        /// The one symbol.
        left: String,
        /// The other symbol.
        right: String,
        /// What was sent under this name may have effects of its own; they are left aside.
        #[serde(default)]
        except: Option<String>,
    },
    /// All symbols of a `parallel` step led to the same emissions.
    SameForAll,
    /// Each of these places holds the same text: `o1.causationid`, `a.id`, `e.data.OrderQuantity`.
    Equal(Vec<String>),
    /// The number at the first place is not below the one at the second.
    NotBelow(String, String),
    /// These places hold different texts.
    Different(Vec<String>),
    /// What the header values that were sent encoded arrived decoded, wherever the component repeats it.
    DecodedOnce {
        /// The name of what was sent.
        what: String,
    },
    /// The process lives.
    Alive,
    /// Every answer to an OPTIONS request that is 2xx allows POST.
    OptionsAllowPost,
    /// Each emission that the sink refused with a retriable status came again, with the same (source, id), after waits
    /// that grow.
    RetriedWithGrowingDelay,
    /// No emission that the sink refused for good came again.
    NotRetried,
    /// No emission was accepted by the sink less than once, whatever the sink did.
    NothingLost {
        /// How many events had to have an effect.
        effects: usize,
    },
    /// Emissions of the symbol keep the order of what caused them.
    InOrder {
        /// The symbol.
        #[serde(default = "symbol_a")]
        symbol: String,
    },
    /// The last execution about the symbol ends its order.
    Terminal {
        /// The symbol.
        #[serde(default = "symbol_a")]
        symbol: String,
    },
    /// The process ended by itself after TERM, in time, with status 0.
    EndedWell,
    /// After TERM it answered what it had, lost nothing that was acknowledged, and took no new work.
    Drained,
    /// It was ready in time.
    ReadyInTime,
    /// Telemetry carried the events' attributes.
    Spans,
    /// Log lines are JSON objects, and one carries the id of an event that was sent.
    Logs,
    /// Latency and rate, measured and never judged.
    Measured,
    /// What an ingestor emitted for its file.
    Ingested(Ingested),
    /// Signals on a shorter series are the start of the signals on the whole one.
    PrefixesHold,
    /// Two processes emitted the same events for the same series.
    ReplayedTheSame,
    /// The order's cost never exceeds the cash.
    WithinCash,
}

/// What is asked of an ingestor's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ingested {
    /// One event for each well-formed row, none for others.
    OnePerRow,
    /// Timestamps grow within each series.
    Increasing,
    /// Status 0 when done, another when the file is missing.
    ExitStatus,
    /// The second run emitted what the first did.
    SameAgain,
    /// Malformed rows gave no event, and the output counts them.
    Counted,
    /// Prices are those of the file, digit for digit.
    Digits,
}

/// A rule about all emissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// No two different events share (source, id).
    UniqueIds,
    /// Every event's type is one that the role may emit.
    TypeOfRole,
    /// The sequence grows within each (source, type).
    IncreasingSequence,
    /// `time` is not later than the clock, for components that are live.
    NotFromTheFuture,
    /// Attribute names have at most 20 characters.
    ShortNames,
    /// `data` is an object, not JSON inside a string.
    DataIsObject,
    /// Every emission is a POST to exactly `K_SINK`.
    PostsToSink,
    /// Every emission in structured mode says so in its Content-Type.
    StructuredMediaType,
    /// Every emission in binary mode has the required headers.
    BinaryHeaders,
    /// Header values are percent-encoded where they must be.
    EncodedHeaders,
    /// No emission is a batch.
    NoBatch,
    /// Posts to `K_SINK` carry the extensions of `K_CE_OVERRIDES`.
    Overrides,
    /// No request follows a redirect.
    NoRedirectFollowed,
    /// The payload has the full set of fields, not only those that its schema requires.
    FullFields,
    /// Decimals that are repeated keep their digits.
    DecimalsEchoed,
    /// `causationid` is the id of something that was sent before.
    CausationKnown,
    /// `correlationid` is that of the cause, or the id of a cause that has none.
    CorrelationKept,
    /// `traceparent` continues the trace of the cause.
    TraceContinued,
    /// `ingeniumrun` is that of the cause.
    RunCopied,
    /// No event is its own cause, or causes its own type again.
    NoSelfLoop,
    /// Every order has a signal before it, every execution an order or a cancel, of the same Symbol.
    CauseBefore,
    /// A signal is about a symbol that was received.
    KnownSymbols,
    /// At most one signal for each (strategy, symbol, bar).
    OneSignalPerBar,
    /// Quantity is positive, LIMIT has a LimitPrice.
    SaneOrders,
    /// Fills add up to CumulativeQuantity, and with LeavesQuantity to OrderQuantity while the order is open.
    FillsAddUp,
    /// Status moves along the state machine, and one status is the last.
    StatusMoves,
    /// Fills of a LIMIT order keep its price.
    LimitKept,
    /// Side and Symbol are those of the order.
    SideAndSymbol,
}

/// How many.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The last part of the type; absent: any.
    #[serde(default)]
    pub emit: Option<String>,
    /// The symbol; absent: all of the case.
    #[serde(default)]
    pub symbol: Option<String>,
    /// Whatever the symbol: everything that came from the instance in this window.
    #[serde(default)]
    pub any_symbol: bool,
    /// Members that the payload has.
    #[serde(default)]
    pub data: BTreeMap<String, Value>,
    /// Only what was emitted after this was sent.
    #[serde(default)]
    pub since: Option<String>,
    /// Only what was emitted before this was sent.
    #[serde(default)]
    pub until: Option<String>,
    /// At least so many.
    #[serde(default)]
    pub at_least: Option<usize>,
    /// At most so many.
    #[serde(default)]
    pub at_most: Option<usize>,
    /// It is a warning when it does not hold.
    #[serde(default)]
    pub should: bool,
    /// What it means when it does not hold.
    #[serde(default)]
    pub says: Option<String>,
}

/// A set of statuses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Status {
    /// Any answer at all.
    Any,
    /// Any 2xx.
    Accepted,
    /// 2xx; an event only with 200, and nothing that is no event.
    AcceptedProperly,
    /// Anything but 2xx.
    NotAccepted,
    /// Any 4xx.
    Refused,
    /// Below 500.
    NotServerError,
    /// One of these.
    OneOf(Vec<u16>),
}

/// A finding that a check is about.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The rule id, or the start of it up to a `*`.
    pub rule: String,
    /// The pointer, or the start of it up to a `*`; absent: any.
    #[serde(default)]
    pub at: Option<String>,
    /// The last part of the pointer is one of these; absent: any.
    #[serde(default)]
    pub member: Option<Vec<String>>,
    /// The message contains this; absent: any.
    #[serde(default)]
    pub says: Option<String>,
}

impl Pattern {
    /// Whether a finding is meant.
    #[must_use]
    pub fn matches(&self, finding: &Finding) -> bool {
        let glob = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => pattern == text,
        };
        let last = finding.pointer.rsplit('/').next().unwrap_or_default();
        glob(&self.rule, finding.rule)
            && self
                .at
                .as_deref()
                .is_none_or(|at| glob(at, &finding.pointer))
            && self
                .member
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| name == last))
            && self
                .says
                .as_deref()
                .is_none_or(|text| finding.message.contains(text))
    }
}
