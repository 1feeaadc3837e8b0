//! Buys weakness and sells strength, as RSI sees them.

use std::cmp::Ordering;

use ingenium_types::EventType;
use ingenium_types::event::SignalDirection;
use ingenium_types::scalar::{Name, UtcTimestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::signal::{advance, emit, series};
use crate::bar::Bar;
use crate::indicator::Rsi;
use crate::role::{Disposition, Input, Outbox, Role};
use crate::states::States;

/// LONG when RSI crosses below `oversold`, SHORT when it crosses above `overbought`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsiStrategy {
    /// The number of changes in the average.
    pub period: u32,
    /// Below this level the instrument counts as oversold.
    pub oversold: Decimal,
    /// Above this level the instrument counts as overbought.
    pub overbought: Decimal,
    /// The name in the signal's `Strategy`.
    pub name: Name,
}

/// What the strategy knows of one series of bars.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RsiState {
    rsi: Rsi,
    last_bar: Option<UtcTimestamp>,
}

impl Role for RsiStrategy {
    type State = RsiState;

    fn consumes(&self) -> &[EventType] {
        &[EventType::IngestorData]
    }

    fn handle(
        &self,
        states: &mut States<RsiState>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let bar = match Bar::of(input) {
            Ok(bar) => bar,
            Err(disposition) => return disposition,
        };
        let state = states.change(&series(&bar));
        if let Err(disposition) = advance(&mut state.last_bar, &bar) {
            return disposition;
        }
        let before = state.rsi.clone();
        if state
            .rsi
            .update(bar.ohlc.close.get(), self.period)
            .is_none()
        {
            return Disposition::Ignored("price_out_of_range");
        }
        if let Some(direction) = self.crossing(&before, &state.rsi) {
            emit(direction, &self.name, &bar, input, outbox);
        }
        Disposition::Applied
    }
}

impl RsiStrategy {
    fn crossing(&self, before: &Rsi, now: &Rsi) -> Option<SignalDirection> {
        if !before.is_ready(self.period) {
            return None;
        }
        // In this order: most bars are within the levels, and what was before is not asked.
        let fell = now.compare(self.oversold) == Ordering::Less
            && before.compare(self.oversold) != Ordering::Less;
        let rose = now.compare(self.overbought) == Ordering::Greater
            && before.compare(self.overbought) != Ordering::Greater;
        match (fell, rose) {
            (true, _) => Some(SignalDirection::Long),
            (_, true) => Some(SignalDirection::Short),
            _ => None,
        }
    }
}
