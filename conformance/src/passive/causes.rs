//! What events said that their effects have to repeat, and where a stream has seen the start of things.

use ingenium_types::EventType;

use super::facts::Facts;
use super::window::Window;

/// So many events of one id, each of another source, are told apart.
const NAMESAKES: usize = 16;

/// What an event said that its effects have to repeat.
#[derive(Debug)]
pub(super) struct Cause {
    /// (source, id).
    identity: u64,
    pub(super) event_type: EventType,
    pub(super) correlation: u64,
    pub(super) run: Option<u64>,
    pub(super) traceparent: Option<Box<str>>,
}

/// The events of one id: nearly always one.
#[derive(Debug)]
struct Named {
    first: Cause,
    others: Vec<Cause>,
}

/// The causes that a stream has held, and what it has seen from the start.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// `causationid` is an id without its source, so by id.
    by_id: Window<Named>,
    /// Of each symbol the time of the first event about it, where that was market data.
    starts: Window<Option<i64>>,
}

impl Causes {
    /// The events that `causationid` may mean. An id is unique within its source only: where it stands for several
    /// events, those of a type that causes such effects are meant, if there are any.
    pub(super) fn of(&mut self, facts: &Facts) -> Vec<&Cause> {
        let Some(named) = facts.cause.and_then(|id| self.by_id.get(id)) else {
            return Vec::new();
        };
        let all = || std::iter::once(&named.first).chain(&named.others);
        let likely: Vec<&Cause> = all()
            .filter(|cause| may_cause(cause.event_type, facts.event_type))
            .collect();
        if likely.is_empty() {
            return all().collect();
        }
        likely
    }

    /// Whether what an event comes from would be in the stream if there were such a thing.
    ///
    /// A stream that begins in the middle holds effects of what came before it. So something is missing only where the
    /// stream holds the cause that the event names, or the root of its chain, or has followed its symbol since before
    /// the time of the event: the first that it held of the symbol was market data, and earlier.
    pub(super) fn has_seen_start(&mut self, facts: &Facts) -> bool {
        let likely = |cause: &&Cause| may_cause(cause.event_type, facts.event_type);
        if self.of(facts).iter().any(likely) || self.has_root(facts) {
            return true;
        }
        let start = self.starts.get(facts.subject).copied().flatten();
        // An order may rest for long before it is filled: when it was sent cannot be told from its fills.
        !facts.may_be_late && start < facts.time && start.is_some()
    }

    /// Whether `correlationid` names an event that stands for itself.
    fn has_root(&mut self, facts: &Facts) -> bool {
        let Some(root) = facts.correlation.filter(|root| *root != facts.id) else {
            return false;
        };
        self.by_id.get(root).is_some_and(|named| {
            let mut all = std::iter::once(&named.first).chain(&named.others);
            all.any(|cause| cause.correlation == root)
        })
    }

    /// An event has passed, for the first time.
    pub(super) fn remember(&mut self, facts: Facts) {
        if self.starts.get(facts.subject).is_none() {
            let is_start = facts.event_type == EventType::IngestorData;
            let start = facts.time.filter(|_| is_start);
            self.starts.insert(facts.subject, start);
        }
        let id = facts.id;
        let cause = Cause {
            identity: facts.identity,
            event_type: facts.event_type,
            // A root stands for itself.
            correlation: facts.correlation.unwrap_or(id),
            run: facts.run,
            traceparent: facts.traceparent,
        };
        let Some(named) = self.by_id.get(id) else {
            let named = Named {
                first: cause,
                others: Vec::new(),
            };
            self.by_id.insert(id, named);
            return;
        };
        let mut all = std::iter::once(&mut named.first).chain(&mut named.others);
        match all.find(|other| other.identity == cause.identity) {
            Some(other) => *other = cause,
            None => {
                if named.others.len() + 1 == NAMESAKES {
                    named.others.remove(0);
                }
                named.others.push(cause);
            }
        }
    }
}

/// Whether events of one type cause events of another.
pub(super) fn may_cause(cause: EventType, effect: EventType) -> bool {
    match effect {
        EventType::IngestorData => false,
        EventType::StrategySignal => cause == EventType::IngestorData,
        EventType::PortfolioOrder | EventType::PortfolioCancel => matches!(
            cause,
            EventType::StrategySignal | EventType::ExecutorExecution
        ),
        EventType::ExecutorExecution => matches!(
            cause,
            EventType::PortfolioOrder | EventType::PortfolioCancel
        ),
    }
}
