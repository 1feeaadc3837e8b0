//! Follows the trend, as two moving averages see it.

use std::cmp::Ordering;

use ingenium_types::EventType;
use ingenium_types::event::SignalDirection;
use ingenium_types::scalar::{Name, UtcTimestamp};
use serde::{Deserialize, Serialize};

use super::signal::{advance, emit, series};
use crate::bar::Bar;
use crate::indicator::{Cross, Sma};
use crate::role::{Disposition, Input, Outbox, Role};
use crate::states::States;

/// LONG when the mean of the last `fast` closes crosses above that of the last `slow`, SHORT when it crosses below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmaCrossStrategy {
    /// Closes in the fast mean; fewer than `slow`.
    pub fast: usize,
    /// Closes in the slow mean.
    pub slow: usize,
    /// The name in the signal's `Strategy`.
    pub name: Name,
}

/// What the strategy knows of one series of bars.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SmaCrossState {
    fast: Sma,
    slow: Sma,
    cross: Cross,
    last_bar: Option<UtcTimestamp>,
}

impl Role for SmaCrossStrategy {
    type State = SmaCrossState;

    fn consumes(&self) -> &[EventType] {
        &[EventType::IngestorData]
    }

    fn handle(
        &self,
        states: &mut States<SmaCrossState>,
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
        let close = bar.ohlc.close.get();
        let (mut fast, mut slow) = (state.fast.clone(), state.slow.clone());
        let taken = fast
            .update(close, self.fast)
            .and_then(|()| slow.update(close, self.slow));
        let side = taken.and_then(|()| fast.compare(&slow));
        let Some(side) = side else {
            return Disposition::Ignored("price_out_of_range");
        };
        let ready = slow.is_ready(self.slow);
        (state.fast, state.slow) = (fast, slow);
        // Before both means are whole they are means of the same closes.
        let crossed = if ready {
            state.cross.update(side)
        } else {
            None
        };
        let direction = match crossed {
            Some(Ordering::Greater) => SignalDirection::Long,
            Some(Ordering::Less) => SignalDirection::Short,
            Some(Ordering::Equal) | None => return Disposition::Applied,
        };
        emit(direction, &self.name, &bar, input, outbox);
        Disposition::Applied
    }
}
