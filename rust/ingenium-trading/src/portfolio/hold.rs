//! The hold rule: a signal waits while an order that was decided before it is open.
//!
//! How fast executions come back must not change what is decided. So a signal is kept, as a row, while an order of its
//! `Symbol` with an earlier `Timestamp` has not ended; when that order has, the kept signals are decided in the order
//! of `Timestamp`, then arrival. The order that one gives keeps the signal's `Timestamp` and chain, is sized at the
//! price that was known when the signal arrived, and is emitted no earlier than what released it. For the same reason
//! an order of the same `Timestamp` counts as open, even if it has been filled since; one that has ended without a fill
//! is as if it had never been.

use ingenium_types::event::{OrderSide, SignalEvent};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, holding, time_key};
use super::holding::{Holding, OpenOrder};
use super::trail::Trail;
use super::{ended, trail};
use crate::role::Cause;
use crate::states::States;

/// A signal and what was known when it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The signal.
    pub signal: SignalEvent,
    /// When the strategy decided: the signal's `Timestamp`, else the event's `time`.
    pub at: UtcTimestamp,
    /// The event's `time`.
    pub time: UtcTimestamp,
    /// What an order inherits from it.
    pub cause: Cause,
    /// The last final close when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
}

impl Eq for Held {}

/// Whether a signal decided at `at` waits for an order.
pub(super) fn must_wait(holding: &Holding, at: UtcTimestamp) -> bool {
    holding
        .orders
        .values()
        .any(|order| order.timestamp < Some(at))
}

/// The most signals that wait in one instrument: an order that never ends must not fill the store.
pub const MOST_HELD: usize = 1024;

/// Keeps a signal until the orders before it have ended.
///
/// # Errors
/// The reason code where too many wait already.
pub(super) fn keep(
    states: &mut States<Entry>,
    holding: &Holding,
    held: Held,
) -> Result<(), &'static str> {
    let symbol = held.signal.symbol.to_string();
    let mut trail = trail::trail(states, &symbol, holding);
    if trail.held >= MOST_HELD {
        return Err("too_many_held_signals");
    }
    trail.held += 1;
    let (time, arrival) = (time_key(held.at), trail.next());
    trail::write(states, &symbol, trail);
    let key = format!("{}{time} {arrival:020}", prefix(&symbol));
    states.insert(&key, Entry::Held(Box::new(held)));
    Ok(())
}

/// Takes the next kept signal of `symbol` that need not wait any more.
pub(super) fn release(states: &mut States<Entry>, symbol: &str) -> Option<Held> {
    let prefix = prefix(symbol);
    let (key, entry) = states.range(&prefix, &prefix).next()?;
    let Entry::Held(held) = entry else {
        return None;
    };
    let holding = holding(states, symbol);
    if must_wait(&holding, held.at) {
        return None;
    }
    let (key, held) = (key.to_owned(), (**held).clone());
    states.remove(&key);
    let mut trail = trail::trail(states, symbol, &holding);
    trail.held = trail.held.saturating_sub(1);
    trail::write(states, symbol, trail);
    Some(held)
}

fn prefix(symbol: &str) -> String {
    format!("held/{symbol} ")
}

/// The holding as a decision of `at` must see it: orders of the same `Timestamp` are open and have no fills yet.
pub(super) fn as_of(
    states: &States<Entry>,
    symbol: &str,
    trail: &Trail,
    holding: &Holding,
    at: UtcTimestamp,
) -> Result<Holding, Inexact> {
    let mut seen = holding.clone();
    if trail.latest < Some(at) {
        return Ok(seen);
    }
    for order in seen.orders.values_mut() {
        if order.timestamp == Some(at) {
            let filled = signed(order.side, order.cumulative);
            seen.position.quantity = exact::sub(seen.position.quantity, filled)?;
            order.cumulative = Decimal::ZERO;
            order.filled = None;
        }
    }
    for (id, order) in ended::at(states, &ended::keys(symbol), at) {
        let filled = signed(order.side, order.cumulative);
        seen.position.quantity = exact::sub(seen.position.quantity, filled)?;
        let open = OpenOrder::new(order.side, order.quantity, Decimal::ZERO, at);
        seen.orders.insert(id.to_owned(), open);
    }
    Ok(seen)
}

/// `quantity` with the sign of its side.
pub(super) fn signed(side: OrderSide, quantity: Decimal) -> Decimal {
    match side {
        OrderSide::Buy => quantity,
        OrderSide::Sell => -quantity,
    }
}
