//! What decisions and corrections need to know of an instrument's past.

use std::collections::VecDeque;

use ingenium_types::event::SignalEvent;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::holding::Holding;
use crate::position::Position;
use crate::states::States;

/// An instrument's past, apart from its holding: bars do not touch it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trail {
    /// Counts arrivals: fills, ended orders, held signals.
    pub sequence: u64,
    /// The position without the fills that are kept as rows.
    pub base: Position,
    /// How many fills are kept as rows.
    pub fills: usize,
    /// How many ended orders are kept as rows.
    pub ended: usize,
    /// How many signals wait.
    pub held: usize,
    /// The latest `Timestamp` of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<UtcTimestamp>,
    /// The latest event `time` of the executions of orders that have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<UtcTimestamp>,
    /// Profit less fees since the instrument was last not held.
    pub trip: Decimal,
    /// When it was last closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exited_at: Option<UtcTimestamp>,
    /// The wishes that last gave orders; kept only where repeated ones are denied.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub said: VecDeque<Said>,
}

/// A wish that has given an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Strategy and direction.
    pub wish: String,
    /// When the order was given.
    pub at: UtcTimestamp,
}

/// How many wishes are remembered an instrument.
const WISHES: usize = 16;

fn wish(signal: &SignalEvent) -> String {
    let strategy = signal.strategy.as_ref().map_or("", |name| name.as_str());
    format!("{} {strategy}", signal.signal.as_str())
}

impl Trail {
    /// When the same wish last gave an order.
    pub(super) fn said_at(&self, signal: &SignalEvent) -> Option<UtcTimestamp> {
        if self.said.is_empty() {
            return None;
        }
        let wish = wish(signal);
        self.said
            .iter()
            .find(|said| said.wish == wish)
            .map(|said| said.at)
    }

    /// Notes that a wish has given an order.
    pub(super) fn note_said(&mut self, signal: &SignalEvent, at: UtcTimestamp) {
        let wish = wish(signal);
        self.said.retain(|said| said.wish != wish);
        self.said.push_back(Said { wish, at });
        while self.said.len() > WISHES {
            self.said.pop_front();
        }
    }

    /// The number of the next arrival.
    pub(super) const fn next(&mut self) -> u64 {
        self.sequence = self.sequence.saturating_add(1);
        self.sequence
    }
}

/// The key of an instrument's trail.
fn key(symbol: &str) -> String {
    format!("trail/{symbol}")
}

/// The trail of `symbol`; where there is none yet, what is held is its base.
pub(super) fn trail(states: &States<Entry>, symbol: &str, holding: &Holding) -> Trail {
    peek(states, symbol).cloned().unwrap_or_else(|| Trail {
        base: holding.position.clone(),
        ..Trail::default()
    })
}

/// The trail of `symbol`, if there is one.
pub(super) fn peek<'a>(states: &'a States<Entry>, symbol: &str) -> Option<&'a Trail> {
    match states.get(&key(symbol)) {
        Some(Entry::Trail(trail)) => Some(trail),
        _ => None,
    }
}

/// Writes the trail of `symbol`.
pub(super) fn write(states: &mut States<Entry>, symbol: &str, trail: Trail) {
    states.insert(&key(symbol), Entry::Trail(Box::new(trail)));
}
