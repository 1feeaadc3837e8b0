//! Buys weakness and sells strength, as RSI sees them.

use std::cmp::Ordering;

use ingenium_types::EventType;
use ingenium_types::event::{SignalDirection, SignalEvent};
use ingenium_types::scalar::{Name, UtcTimestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
        let period = bar
            .ohlc
            .period
            .as_ref()
            .map_or("", |period| period.as_str());
        let state = states.change(&format!("{} {period}", bar.event.symbol));
        if state.last_bar >= Some(bar.event.timestamp) {
            return Disposition::Ignored("bar_not_newer");
        }
        state.last_bar = Some(bar.event.timestamp);
        let before = state.rsi.clone();
        if state
            .rsi
            .update(bar.ohlc.close.get(), self.period)
            .is_none()
        {
            return Disposition::Ignored("price_out_of_range");
        }
        if let Some(direction) = self.crossing(&before, &state.rsi) {
            let id = outbox.id(&[
                &input.cause.source,
                &input.cause.id,
                bar.event.symbol.as_str(),
            ]);
            let mut signal = SignalEvent::new(bar.event.symbol.clone(), direction);
            signal.timestamp = Some(bar.end);
            signal.strategy = Some(self.name.clone());
            signal.price = Some(bar.ohlc.close);
            // An effect is never dated before its cause.
            outbox.emit(id, bar.end.max(input.time), input.cause, signal);
        }
        Disposition::Applied
    }
}

impl RsiStrategy {
    fn crossing(&self, before: &Rsi, now: &Rsi) -> Option<SignalDirection> {
        if !before.is_ready(self.period) {
            return None;
        }
        let fell = before.compare(self.oversold) != Ordering::Less
            && now.compare(self.oversold) == Ordering::Less;
        let rose = before.compare(self.overbought) != Ordering::Greater
            && now.compare(self.overbought) == Ordering::Greater;
        match (fell, rose) {
            (true, _) => Some(SignalDirection::Long),
            (_, true) => Some(SignalDirection::Short),
            _ => None,
        }
    }
}
