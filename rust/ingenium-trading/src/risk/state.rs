//! Whether orders may be given, and what the limits have to remember.

use std::collections::VecDeque;

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Limits;

/// Whether orders may be given, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TradingState {
    /// All orders.
    #[default]
    Active,
    /// Only orders that make no position larger.
    Reducing,
    /// No orders. Executions are booked, cancels pass.
    Halted,
}

/// What the limits remember of an account, as a row that outlives restarts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RiskState {
    /// The state that a watch has tripped.
    pub tripped: TradingState,
    /// Which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<UtcTimestamp>,
    /// The configuration's `resume` when the watches began.
    pub resume: u32,
    /// The day that the daily loss is counted from, in days since 1970, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<i64>,
    /// The equity when that day began.
    pub day_open: Decimal,
    /// The highest equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak: Option<Decimal>,
    /// When the last orders were given, within a minute.
    pub orders: VecDeque<UtcTimestamp>,
    /// When positions were last closed at a loss.
    pub losses: VecDeque<UtcTimestamp>,
}

impl RiskState {
    /// The state of trading: the stricter of what is configured and what was tripped.
    #[must_use]
    pub fn trading(&self, limits: &Limits) -> TradingState {
        if self.resume < limits.resume {
            return limits.state;
        }
        limits.state.max(self.tripped)
    }

    /// Notes an order.
    pub(crate) fn note_order(&mut self, limits: &Limits, at: UtcTimestamp) -> bool {
        let Some(most) = limits.max_orders_per_minute else {
            return false;
        };
        self.orders.push_back(at);
        while self.orders.len() > most {
            self.orders.pop_front();
        }
        true
    }

    /// Notes that a position was closed at a loss.
    pub(crate) fn note_loss(&mut self, limits: &Limits, at: UtcTimestamp) -> bool {
        let Some(guard) = limits.stop_loss_guard else {
            return false;
        };
        self.losses.push_back(at);
        while self.losses.len() > guard.exits {
            self.losses.pop_front();
        }
        true
    }
}

/// Nanoseconds from `at` to `now`.
pub(super) fn age(at: UtcTimestamp, now: UtcTimestamp) -> i128 {
    i128::from(now.as_nanoseconds()) - i128::from(at.as_nanoseconds())
}

/// Whether `at` is less than `seconds` before `now`, or after it.
pub(super) fn is_within(at: UtcTimestamp, now: UtcTimestamp, seconds: u64) -> bool {
    age(at, now) < i128::from(seconds) * 1_000_000_000
}
