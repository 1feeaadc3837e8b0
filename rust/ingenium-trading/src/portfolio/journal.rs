//! What was decided and why, as rows that sort by time.

use ingenium_types::event::{OrderEvent, SignalEvent};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, time_key};
use crate::role::Cause;
use crate::states::States;

/// What became of one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When it was decided.
    pub at: UtcTimestamp,
    /// The instrument.
    pub symbol: String,
    /// The strategy, if the signal has named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// `LONG`, `SHORT` or `FLAT`.
    pub signal: String,
    /// `source` of the signal.
    pub source: String,
    /// `id` of the signal.
    pub id: String,
    /// The order, or the reason why not.
    pub outcome: Outcome,
}

/// How a decision has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// An order.
    Order {
        /// Its `OrderId`.
        id: String,
        /// `BUY` or `SELL`.
        side: String,
        /// Its quantity.
        quantity: Decimal,
        /// The cash reserved for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_notional: Option<Decimal>,
    },
    /// No order, for this reason code.
    Denied(String),
}

/// How many decisions there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Journal {
    /// All of them.
    pub written: u64,
    /// Those that are still kept.
    pub kept: u64,
}

const JOURNAL: &str = "journal";
const PREFIX: &str = "decision/";

/// Writes a decision, and removes the oldest where more than `keep` are kept.
pub(super) fn write(
    states: &mut States<Entry>,
    keep: u64,
    at: UtcTimestamp,
    signal: &SignalEvent,
    cause: &Cause,
    outcome: &Result<OrderEvent, &'static str>,
) {
    if keep == 0 {
        return;
    }
    let mut journal = match states.get(JOURNAL) {
        Some(Entry::Journal(journal)) => *journal,
        _ => Journal::default(),
    };
    journal.written = journal.written.saturating_add(1);
    journal.kept += 1;
    let key = format!("{PREFIX}{} {:020}", time_key(at), journal.written);
    let decision = Decision {
        at,
        symbol: signal.symbol.to_string(),
        strategy: signal.strategy.as_ref().map(ToString::to_string),
        signal: signal.signal.as_str().to_owned(),
        source: cause.source.clone(),
        id: cause.id.clone(),
        outcome: match outcome {
            Ok(order) => Outcome::Order {
                id: order
                    .order_id
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                side: order.side.as_str().to_owned(),
                quantity: order.quantity.get(),
                max_notional: order.max_notional.map(|cap| cap.get()),
            },
            Err(reason) => Outcome::Denied((*reason).to_owned()),
        },
    };
    states.insert(&key, Entry::Decision(Box::new(decision)));
    while journal.kept > keep {
        let oldest = states
            .range(PREFIX, PREFIX)
            .next()
            .map(|(key, _)| key.to_owned());
        let Some(oldest) = oldest else { break };
        states.remove(&oldest);
        journal.kept -= 1;
    }
    states.insert(JOURNAL, Entry::Journal(journal));
}

/// The decisions that are kept, the oldest first.
pub fn decisions(states: &States<Entry>) -> impl Iterator<Item = &Decision> {
    states
        .range(PREFIX, PREFIX)
        .filter_map(|(_, entry)| match entry {
            Entry::Decision(decision) => Some(&**decision),
            _ => None,
        })
}
