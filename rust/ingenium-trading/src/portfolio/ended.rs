//! Orders that have ended, remembered for fills that come late and signals that come with the same `Timestamp`.

use ingenium_types::event::OrderSide;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::holding::{OpenOrder, side};
use super::trail::Trail;
use crate::states::States;

/// An order that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The number of its end.
    pub sequence: u64,
    /// Its side.
    #[serde(with = "side")]
    pub side: OrderSide,
    /// Its quantity.
    pub quantity: Decimal,
    /// What was filled, less what was taken back.
    pub cumulative: Decimal,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<UtcTimestamp>,
}

impl Ended {
    /// The order as one that nothing is reserved for.
    pub(super) const fn as_order(&self) -> OpenOrder {
        OpenOrder {
            side: self.side,
            quantity: self.quantity,
            cumulative: self.cumulative,
            reserved: Decimal::ZERO,
            filled: Some(self.cumulative),
            timestamp: self.timestamp,
            known_at: None,
            overspent: Decimal::ZERO,
            voided: Decimal::ZERO,
        }
    }
}

fn prefix(symbol: &str) -> String {
    format!("ended/{symbol} ")
}

/// The ended order `order`, if it is remembered.
pub(super) fn get(states: &States<Entry>, symbol: &str, order: &str) -> Option<Ended> {
    match states.get(&(prefix(symbol) + order)) {
        Some(Entry::Ended(ended)) => Some((**ended).clone()),
        _ => None,
    }
}

/// Writes what has become of an ended order.
pub(super) fn write(states: &mut States<Entry>, symbol: &str, order: &str, ended: Ended) {
    states.insert(&(prefix(symbol) + order), Entry::Ended(Box::new(ended)));
}

/// Remembers that `order` has ended, and forgets the oldest where more than `keep` are remembered.
pub(super) fn remember(
    states: &mut States<Entry>,
    symbol: &str,
    id: &str,
    order: &OpenOrder,
    trail: &mut Trail,
    keep: usize,
) {
    let ended = Ended {
        sequence: trail.next(),
        side: order.side,
        quantity: order.quantity,
        cumulative: order.cumulative,
        timestamp: order.timestamp,
    };
    write(states, symbol, id, ended);
    trail.ended += 1;
    if trail.ended > keep {
        let prefix = prefix(symbol);
        let rows = states.range(&prefix, &prefix);
        let oldest = rows
            .filter_map(|(key, entry)| match entry {
                Entry::Ended(ended) => Some((ended.sequence, key)),
                _ => None,
            })
            .min()
            .map(|(_, key)| key.to_owned());
        if let Some(key) = oldest {
            states.remove(&key);
            trail.ended -= 1;
        }
    }
}

/// The ended orders whose `Timestamp` is `at` and that were filled, if only in part, by `OrderId`.
pub(super) fn at<'a>(
    states: &'a States<Entry>,
    prefix: &'a str,
    at: UtcTimestamp,
) -> impl Iterator<Item = (&'a str, &'a Ended)> {
    let rows = states.range(prefix, prefix);
    rows.filter_map(move |(key, entry)| match entry {
        Entry::Ended(ended) if ended.timestamp == Some(at) && !ended.cumulative.is_zero() => {
            Some((key.strip_prefix(prefix)?, &**ended))
        }
        _ => None,
    })
}

/// What the keys of an instrument's ended orders start with.
pub(super) fn keys(symbol: &str) -> String {
    prefix(symbol)
}
