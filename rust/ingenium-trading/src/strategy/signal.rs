//! What all strategies here say, and of which bars.

use ingenium_types::event::{SignalDirection, SignalEvent};
use ingenium_types::scalar::{Name, UtcTimestamp};
use smol_str::SmolStr;

use crate::bar::Bar;
use crate::role::{Disposition, Input, Outbox};
use crate::states::key;

/// The key of the series that a bar belongs to: a symbol may have bars of several periods.
pub(super) fn series(bar: &Bar<'_>) -> SmolStr {
    let period = bar.ohlc.period.as_ref();
    let period = period.map_or("", |period| period.as_str());
    key(&[bar.event.symbol.as_str(), " ", period])
}

/// Takes the bar as the next of its series; one that is not newer than the last is left out.
///
/// # Errors
/// The disposition to return.
pub(super) fn advance(last: &mut Option<UtcTimestamp>, bar: &Bar<'_>) -> Result<(), Disposition> {
    if *last >= Some(bar.event.timestamp) {
        return Err(Disposition::Ignored("bar_not_newer"));
    }
    *last = Some(bar.event.timestamp);
    Ok(())
}

/// Emits the signal that `bar` gives.
pub(super) fn emit(
    direction: SignalDirection,
    name: &Name,
    bar: &Bar<'_>,
    input: &Input<'_>,
    outbox: &mut Outbox,
) {
    let id = outbox.id(&[
        &input.cause().source,
        &input.cause().id,
        bar.event.symbol.as_str(),
    ]);
    let mut signal = SignalEvent::new(bar.event.symbol.clone(), direction);
    signal.timestamp = Some(bar.end);
    signal.strategy = Some(name.clone());
    signal.price = Some(bar.ohlc.close);
    // An effect is never dated before its cause.
    outbox.emit(id, bar.end.max(input.time), input.cause(), signal);
}
