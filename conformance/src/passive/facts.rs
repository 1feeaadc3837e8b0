//! What the rules about events among each other need to know of one event: hashes, and few texts.

use std::hash::{BuildHasher, Hash, RandomState};

use ingenium_contract::CloudEvent;
use ingenium_types::event::{ExecutionEvent, ExecutionType, MarketData, OrderEvent};
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload};

/// Hashes things with a key of its own, so that nobody can make two of them alike on purpose.
///
/// With 64 bits, half a million things share a hash once in 10^8 runs.
#[derive(Debug, Default)]
pub(super) struct Hashes(RandomState);

impl Hashes {
    pub(super) fn of(&self, what: impl Hash) -> u64 {
        self.0.hash_one(what)
    }

    /// An event type with a subject.
    pub(super) fn about(&self, event_type: EventType, subject: u64) -> u64 {
        self.of((event_type.as_str(), subject))
    }
}

/// An event of a known type, as other events have to do with it.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) event_type: EventType,
    /// (source, id).
    pub(super) identity: u64,
    pub(super) id: u64,
    /// Everything it says: the same for two events that are one.
    pub(super) says: u64,
    pub(super) subject: u64,
    /// `time`, in nanoseconds.
    pub(super) time: Option<i64>,
    /// It may come long after what it is an effect of.
    pub(super) may_be_late: bool,
    /// `causationid`.
    pub(super) cause: Option<u64>,
    /// `correlationid`.
    pub(super) correlation: Option<u64>,
    /// `ingeniumrun`.
    pub(super) run: Option<u64>,
    pub(super) traceparent: Option<Box<str>>,
    pub(super) sequence: Option<Box<str>>,
    /// (source, type), within which `sequence` grows.
    pub(super) series: u64,
    pub(super) detail: Detail,
}

/// What the rules of its type need.
#[derive(Debug)]
pub(super) enum Detail {
    None,
    /// A bar: its series, its time, and whether it is the last word about it.
    Bar {
        series: u64,
        at: UtcTimestamp,
        is_final: bool,
    },
    /// A signal: strategy, symbol and bar.
    Signal(u64),
    /// An order, and the id that executions call it by.
    Order(u64, Box<OrderEvent>),
    /// An execution, and its order's id.
    Execution(u64, Box<ExecutionEvent>),
}

impl Facts {
    /// The facts of an event; `None` where its type is unknown.
    pub(super) fn of(
        hashes: &Hashes,
        event: &CloudEvent,
        payload: Option<Payload>,
    ) -> Option<Self> {
        let event_type: EventType = event.type_.parse().ok()?;
        let text = |name: &str| event.extension_text(name);
        // A payload is written in one way only; what is none is taken as it came.
        let data = match &payload {
            Some(payload) => payload.encode(),
            None => event
                .json_data()
                .map(|data| data.to_vec())
                .unwrap_or_default(),
        };
        let instant = event.instant().map(UtcTimestamp::as_nanoseconds);
        let says = hashes.of((&event.type_, &event.subject, instant, data));
        Some(Self {
            event_type,
            identity: hashes.of((&event.source, &event.id)),
            id: hashes.of(event.id.as_str()),
            says,
            subject: hashes.of(event.subject.as_deref()),
            time: instant,
            may_be_late: payload.as_ref().is_some_and(may_be_late),
            cause: text("causationid").map(|id| hashes.of(id)),
            correlation: text("correlationid").map(|id| hashes.of(id)),
            run: text("ingeniumrun").map(|run| hashes.of(run)),
            traceparent: text("traceparent").map(Into::into),
            sequence: event.attribute("sequence").map(Into::into),
            series: hashes.of((&event.source, &event.type_)),
            detail: payload.map_or(Detail::None, |payload| detail(hashes, event, payload)),
        })
    }
}

/// Whether a payload tells of an order that may have rested for long: a fill does, the first answer to an order does not.
fn may_be_late(payload: &Payload) -> bool {
    let Payload::ExecutorExecution(execution) = payload else {
        return false;
    };
    !matches!(
        execution.exec_type,
        ExecutionType::New | ExecutionType::Rejected
    )
}

fn detail(hashes: &Hashes, event: &CloudEvent, payload: Payload) -> Detail {
    match payload {
        // Only bars: trades and quotes may share a moment.
        Payload::IngestorData(data) => match data.data {
            MarketData::Ohlc(bar) => {
                let period = bar.period.as_ref().map(|period| period.as_str());
                Detail::Bar {
                    series: hashes.of((&event.source, data.symbol.as_str(), period)),
                    at: data.timestamp,
                    is_final: bar.final_ != Some(false) && bar.revision.is_none(),
                }
            }
            _ => Detail::None,
        },
        Payload::StrategySignal(signal) => match event.extension_text("causationid") {
            Some(cause) => {
                let strategy = signal.strategy.as_ref().map(|name| name.as_str());
                Detail::Signal(hashes.of((strategy, signal.symbol.as_str(), cause)))
            }
            None => Detail::None,
        },
        Payload::PortfolioOrder(order) => {
            // An order without an OrderId is called by what follows from its event.
            let id = match &order.order_id {
                Some(id) => hashes.of(id.as_str()),
                None => hashes.of(EventId::of(&[&event.source, &event.id]).hex().as_str()),
            };
            Detail::Order(id, Box::new(order))
        }
        Payload::ExecutorExecution(execution) => {
            let id = hashes.of(execution.order_id.as_str());
            Detail::Execution(id, Box::new(execution))
        }
        Payload::PortfolioCancel(_) => Detail::None,
    }
}
