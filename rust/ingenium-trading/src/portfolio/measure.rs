//! What sizing measures of an instrument's bars; only models that look back have such rows.

use ingenium_types::scalar::UtcTimestamp;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use crate::bar::Bar;
use crate::indicator::{Atr, Volatility};
use crate::sizing::{Facts, Sizing};
use crate::states::States;

/// The indicators of one instrument, over the bars of one period: that of the first bar.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// The period of the bars; `None` until there was one.
    period: Option<String>,
    /// The end of the last bar.
    until: Option<UtcTimestamp>,
    atr: Atr,
    volatility: Volatility,
}

fn key(symbol: &str) -> String {
    format!("measure/{symbol}")
}

/// Takes a bar, if `sizing` looks back on bars.
pub(super) fn update(states: &mut States<Entry>, sizing: Sizing, bar: &Bar<'_>) {
    let Some(n) = sizing.bars() else { return };
    let key = key(bar.event.symbol.as_str());
    let mut measure = match states.get(&key) {
        Some(Entry::Measure(measure)) => (**measure).clone(),
        _ => Measure::default(),
    };
    let period = bar.ohlc.period.as_ref();
    let period = period.map(ToString::to_string).unwrap_or_default();
    if *measure.period.get_or_insert_with(|| period.clone()) != period
        || measure.until >= Some(bar.end)
    {
        return;
    }
    measure.until = Some(bar.end);
    let ohlc = bar.ohlc;
    match sizing {
        Sizing::Atr(_) => {
            let (high, low, close) = (ohlc.high.get(), ohlc.low.get(), ohlc.close.get());
            if measure.atr.update(high, low, close, n).is_none() {
                return;
            }
        }
        _ => measure.volatility.update(ohlc.close.get(), n),
    }
    states.insert(&key, Entry::Measure(Box::new(measure)));
}

/// What `sizing` knows of `symbol`.
///
/// # Errors
/// `amount_inexact` when an amount does not fit.
pub(super) fn facts(
    states: &States<Entry>,
    sizing: Sizing,
    symbol: &str,
) -> Result<Facts, &'static str> {
    let mut facts = Facts::default();
    if sizing.bars().is_none() {
        return Ok(facts);
    }
    if let Some(Entry::Measure(measure)) = states.get(&key(symbol)) {
        match sizing {
            Sizing::Atr(model) if measure.atr.is_ready(model.bars) => {
                facts.atr = Some(measure.atr.value());
            }
            Sizing::VolTarget(model) => {
                let value = measure.volatility.value(model.bars, model.periods);
                facts.volatility = value.map_err(|_| "amount_inexact")?;
            }
            _ => {}
        }
    }
    Ok(facts)
}
