//! The mutants by name.

use super::broker::BROKERS;
use crate::role::Role;

/// One mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: &'static str,
    /// What is wrong with it.
    pub what: &'static str,
    /// It behaves as if it traded with a venue.
    pub live: bool,
    /// It is told from a sound one with `--strict` only.
    pub strict: bool,
    /// It may sell what it does not have.
    pub margin: bool,
    /// The class of a broker under which it shows.
    pub class: Option<&'static str>,
}

impl Fault {
    /// The mutant of this name.
    #[must_use]
    pub fn named(role: Role, name: &str) -> Option<Self> {
        if let Some(name) = SOUND.into_iter().find(|sound| *sound == name) {
            return Some(Self {
                role,
                name,
                what: "sound",
                live: false,
                strict: false,
                margin: false,
                class: None,
            });
        }
        of_role(role).find(|fault| fault.name == name)
    }

    /// Whether it posts from a queue, after its answers.
    pub(super) fn posts_later(self) -> bool {
        self.name == LATER || self.name == "M-LOSES-AT-TERM" || self.name.ends_with("-LATER")
    }

    /// Whether this is the mutant of that name.
    pub(super) fn is(self, name: &str) -> bool {
        self.name == name
    }
}

/// The name of the sound component.
pub const NONE: &str = "M-NONE";

/// The sound component that acknowledges first, posts from a queue, and empties it before it ends.
pub const LATER: &str = "M-NONE-LATER";

/// All that are sound.
pub const SOUND: [&str; 2] = [NONE, LATER];

/// The mutants of a role.
pub fn of_role(role: Role) -> impl Iterator<Item = Fault> {
    let table: &[(&str, &str)] = match role {
        Role::Strategy => STRATEGIES,
        Role::Portfolio => PORTFOLIOS,
        Role::Executor => EXECUTORS,
        Role::Ingestor => INGESTORS,
        Role::Source | Role::Sink | Role::Broker => &[],
    };
    let brokers: &[(&str, Option<&str>, &str)] = if role == Role::Broker { BROKERS } else { &[] };
    let components = table.iter().map(|(name, what)| (name, None, what));
    let brokers = brokers
        .iter()
        .map(|(name, class, what)| (name, *class, what));
    components
        .chain(brokers)
        .map(move |(name, class, what)| Fault {
            role,
            name,
            what,
            live: LIVE.contains(name),
            strict: *name == "M-CORE-ONLY",
            margin: false,
            class,
        })
}

/// Executors that can only be told from sound ones where nothing is simulated.
const LIVE: [&str; 4] = [
    "M-TRADES-SIMULATED",
    "M-TRADES-EXPIRED",
    "M-DROPS-SIMULATED",
    "M-REFUSES-ALL",
];

const STRATEGIES: &[(&str, &str)] = &[
    ("M-NULL", "accepts everything and emits nothing"),
    ("M-CORE-ONLY", "no field that the schema does not require"),
    ("M-SPECVERSION", "specversion 9.9"),
    ("M-SAME-ID", "one id for all events"),
    (
        "M-RESTARTED-COUNTER",
        "ids from a counter that a restart begins anew",
    ),
    ("M-SOURCE", "a source that is no URI"),
    ("M-TYPE", "signals under the type of orders"),
    ("M-CONTENT-TYPE", "JSON as text/plain"),
    ("M-TIME", "time in words"),
    ("M-DATASCHEMA", "the schema of another type"),
    (
        "M-ATTRIBUTE-NAME",
        "an attribute name with a capital letter",
    ),
    ("M-EXTENSION-FLOAT", "an extension that is a float"),
    ("M-DATA-STRING", "JSON inside a string"),
    ("M-SUBJECT", "a subject that is not the Symbol"),
    ("M-TOO-LARGE", "200 KiB in one event"),
    ("M-CONTROL-CHARACTER", "a line end in an attribute"),
    ("M-PARTITIONKEY", "a partition key by number"),
    ("M-SEQUENCE", "a sequence that stands still"),
    ("M-SINK-PATH", "posts to / instead of K_SINK's path"),
    (
        "M-STRUCTURED-MEDIA-TYPE",
        "structured mode as application/json",
    ),
    ("M-CE-DATACONTENTTYPE", "the media type as a ce- header"),
    ("M-RAW-HEADER", "header values as they are"),
    ("M-BATCH", "a batch of one"),
    ("M-NO-OVERRIDES", "K_CE_OVERRIDES unread"),
    ("M-FOLLOWS-REDIRECT", "posts to where a 307 points"),
    (
        "M-PLAIN-JSON-ONLY",
        "takes application/json, not application/json; charset=utf-8",
    ),
    ("M-BINARY-ONLY", "reads binary mode only"),
    (
        "M-EXACT-MEDIA-TYPE",
        "compares the structured media type letter for letter",
    ),
    (
        "M-LOWER-CASE-HEADERS-ONLY",
        "knows content-type, not Content-Type",
    ),
    (
        "M-MODE-MATTERS",
        "turns the signal around in structured mode",
    ),
    ("M-TALKATIVE", "answers ok in words"),
    ("M-EVENT-WITH-202", "replies with status 202"),
    ("M-ACKNOWLEDGES-ALL", "acknowledges what it cannot parse"),
    ("M-ACTS-ON-REFUSED", "emits for what it has refused"),
    ("M-INVENTS-ID", "invents attributes that are missing"),
    ("M-ANY-METHOD", "answers every method with 200"),
    (
        "M-KNOWN-ATTRIBUTES-ONLY",
        "refuses attributes that it does not know",
    ),
    (
        "M-REFUSES-UNKNOWN-TYPE",
        "refuses types that it does not know",
    ),
    ("M-REFUSES-NULL", "refuses attributes that are null"),
    ("M-SMALL-BODY", "takes 16 KiB at most"),
    ("M-DECODES-TWICE", "percent-decodes ids twice"),
    ("M-KEEPS-QUOTES", "keeps the quotes of header values"),
    ("M-ACCEPTS-BATCH", "acknowledges batches and drops them"),
    ("M-NO-SYMBOL", "a signal without Symbol"),
    ("M-DECIMAL-NUMBER", "a price as a JSON number"),
    (
        "M-LOWER-CASE-KEY",
        "symbol for Symbol, as Go's decoder lets pass",
    ),
    ("M-ENUM-CASE", "long for LONG, as the prototype wrote it"),
    (
        "M-PROTOTYPE-TIMESTAMP",
        "a date as a timestamp, as the prototype wrote it",
    ),
    (
        "M-KNOWN-MEMBERS-ONLY",
        "refuses payload members that it does not know",
    ),
    ("M-ACTS-ON-INVALID", "reads a missing price as 0"),
    (
        "M-ACTS-ON-INVALID-LATER",
        "reads a missing price as 0, and posts after its answer",
    ),
    (
        "M-REFUSES-UNKNOWN-DATA",
        "refuses market data that it does not know",
    ),
    ("M-FLOAT", "prices through a binary fraction"),
    ("M-NO-RETRY", "gives an event up after one attempt"),
    ("M-HAMMERS", "repeats at once, without a wait"),
    (
        "M-CONSTANT-WAIT",
        "repeats every 20 ms, for as long as it takes",
    ),
    (
        "M-RETRIES-SOME",
        "gives up after 404, 408, 409 and 500, as a well-known client does",
    ),
    ("M-RETRIES-ALL", "repeats after a 422"),
    (
        "M-RETRIES-413",
        "repeats after a 413, as a well-known client does",
    ),
    (
        "M-LOSES-AT-TERM",
        "acknowledges first, posts from a queue, and ends at TERM with what is in it",
    ),
    (
        "M-SERVES-ON",
        "serves new connections for a while after TERM",
    ),
    (
        "M-LOSES",
        "acknowledges first and gives up when the sink is down",
    ),
    (
        "M-SHORT-TIMEOUT",
        "waits one second for the sink, and sends nothing twice",
    ),
    (
        "M-REORDERS",
        "holds a signal back until the next one has gone",
    ),
    ("M-LATE-ACTS", "takes late bars for new ones"),
    ("M-RACES", "loses a bar when several come at once"),
    ("M-IGNORES-TERM", "does not end on TERM"),
    ("M-RANDOM-ID", "ids from the clock"),
    ("M-NO-CAUSATION", "no causationid"),
    ("M-NO-CORRELATION", "no correlationid"),
    ("M-COPIES-TRACEPARENT", "the span of its cause as its own"),
    ("M-SELF-CAUSE", "names itself as the cause"),
    ("M-NO-RUN", "no ingeniumrun"),
    (
        "M-OTHER-SYMBOL",
        "a signal for a symbol that it has not seen",
    ),
    ("M-EAGER", "a signal before any bar"),
    (
        "M-LOOKS-AHEAD",
        "decides on the next bar, and dates it by this one",
    ),
    (
        "M-REPAINTS",
        "dates a signal by the bar before the one that it decides on",
    ),
    ("M-TWO-SIGNALS", "two signals a bar"),
    ("M-SHARED-STATE", "one buffer for all symbols"),
    ("M-UNFINISHED-COUNTS", "takes bars that are not final"),
    ("M-COUNTS-TWICE", "counts a bar that is delivered again"),
    (
        "M-SLOW-START",
        "ready after a second and a half, where one is the limit",
    ),
    ("M-CRASHES", "ends on half a surrogate pair"),
    ("M-SPANS-WITHOUT-ID", "spans without attributes"),
    ("M-LOGS-PROSE", "log lines in words"),
];

const PORTFOLIOS: &[(&str, &str)] = &[
    (
        "M-LIMIT-WITHOUT-PRICE",
        "LIMIT orders without a limit price",
    ),
    ("M-DEDUPES-PAYLOAD", "takes equal words for one event"),
    ("M-OTHER-SYMBOL", "an order for a symbol without a signal"),
    (
        "M-DUPLICATE-ACTS-LATER",
        "another order for a signal that comes again, after its answer",
    ),
    ("M-TWO-ORDERS", "two orders for each LONG"),
    ("M-SELLS-SHORT", "sells what it does not have"),
    (
        "M-OVERSPENDS",
        "sizes every order by all the cash there was",
    ),
    (
        "M-FORGETS-LIMIT",
        "LIMIT orders at twice the price, sized by the price",
    ),
    ("M-SELLS-ONE", "sells one, whatever it holds"),
    ("M-BOOKS-TWICE", "books an execution each time it comes"),
    (
        "M-BOOKS-STRANGERS",
        "books executions of orders that it has not sent",
    ),
    (
        "M-KEEPS-RESERVATION",
        "never frees what a canceled order had reserved",
    ),
    ("M-KEEPS-EXPIRED", "acts on expired signals"),
];

const EXECUTORS: &[(&str, &str)] = &[
    ("M-DUPLICATE-ACTS", "executes a duplicate order"),
    (
        "M-DUPLICATE-ACTS-LATER",
        "executes a duplicate order, and posts after its answer",
    ),
    ("M-NO-NATURAL-KEY", "knows orders by their event's id only"),
    ("M-FLOAT", "quantities through a binary fraction"),
    ("M-NEVER-ENDS", "acknowledges orders and never fills them"),
    (
        "M-IGNORES-UNSUPPORTED",
        "is silent on orders that it cannot execute",
    ),
    (
        "M-STALLS-UNSUPPORTED",
        "answers NEW to orders that it cannot execute, and nothing after it",
    ),
    (
        "M-CUMULATIVE-LIES",
        "a cumulative quantity that is not the sum of the fills",
    ),
    ("M-OVERFILLS", "fills one more than was ordered"),
    ("M-TWO-ENDS", "cancels what it has filled"),
    (
        "M-ORDERID-TWICE",
        "executes another order under a known OrderId",
    ),
    ("M-IGNORES-LIMIT", "fills LIMIT orders at any price"),
    ("M-OTHER-SIDE", "sells what was to be bought"),
    ("M-FOK-PARTIAL", "fills FOK orders in part"),
    (
        "M-CANCELS-ALL",
        "says nothing to a cancel that comes too late",
    ),
    ("M-TRADES-SIMULATED", "trades orders of simulated runs"),
    ("M-TRADES-EXPIRED", "trades orders that have expired"),
    (
        "M-DROPS-SIMULATED",
        "says nothing to orders of simulated runs",
    ),
    ("M-REFUSES-ALL", "takes every order for a stale one"),
];

const INGESTORS: &[(&str, &str)] = &[
    (
        "M-CSV-HEADER",
        "the header as a bar, as the prototype sent it",
    ),
    (
        "M-CSV-TRUSTS-PRICES",
        "rows whose prices contradict each other",
    ),
    ("M-CSV-BACKWARD", "rows that repeat or go back in time"),
    ("M-CSV-MISSING-IS-FINE", "status 0 when the file is missing"),
    (
        "M-CSV-RANDOM-ID",
        "ids from the clock, as the prototype's were random",
    ),
    ("M-CSV-SILENT", "malformed rows without a word"),
    (
        "M-CSV-NAMES-ROWS",
        "the number and day of each row in its output, and no count",
    ),
    ("M-CSV-FLOAT", "prices through a binary fraction"),
];
