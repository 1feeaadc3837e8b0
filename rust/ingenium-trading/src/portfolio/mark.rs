//! What bars do: they value what is held.

use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::entry::{ACCOUNT, Entry, holding_key};
use super::holding::Holding;
use super::{Account, Portfolio, measure};
use crate::bar::Bar;
use crate::role::{Disposition, Input};
use crate::states::States;

/// Marks an instrument at the close of a bar.
///
/// Most bars are of instruments that are not held: they cost no arithmetic, and change one row.
pub(super) fn mark(
    portfolio: &Portfolio,
    states: &mut States<Entry>,
    input: &Input<'_>,
) -> Disposition {
    let bar = match Bar::of(input) {
        Ok(bar) => bar,
        Err(disposition) => return disposition,
    };
    measure::update(states, portfolio.sizing, &bar);
    let key = holding_key(bar.event.symbol.as_str());
    let (close, at) = (bar.ohlc.close.get(), bar.end);
    let entry = states.change(&key);
    if matches!(entry, Entry::Empty) {
        *entry = Entry::Holding(Holding::default());
    }
    let Entry::Holding(holding) = entry else {
        return Disposition::Ignored("state_of_another_kind");
    };
    if holding.marked_at >= Some(at) {
        return Disposition::Ignored("bar_not_newer");
    }
    if holding.position.quantity.is_zero() {
        holding.mark_at(close, at);
        return Disposition::Applied;
    }
    // The account's row changes only with what it is worth.
    let gain = holding.gain(&holding.position, Some(close));
    if gain
        .and_then(|gain| revalue(portfolio, states, gain, at))
        .is_err()
    {
        return Disposition::Ignored("amount_inexact");
    }
    if let Entry::Holding(holding) = states.change(&key) {
        holding.mark_at(close, at);
    }
    Disposition::Applied
}

/// Adds to what the account is worth, and lets the limits look.
fn revalue(
    portfolio: &Portfolio,
    states: &mut States<Entry>,
    gain: Decimal,
    at: UtcTimestamp,
) -> Result<(), Inexact> {
    let before = portfolio.account(states);
    let value = exact::add(before.value, gain)?;
    let after = Account {
        value,
        ..before.clone()
    };
    if portfolio.limits.watch() {
        portfolio.watch(states, &before, &after, (at, true));
    }
    states.insert(ACCOUNT, Entry::Account(after));
    Ok(())
}
