//! What bars do: they value what is held.

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
    let mut value = None;
    if let Some(Entry::Holding(holding)) = states.get(&key) {
        if holding.marked_at >= Some(at) {
            return Disposition::Ignored("bar_not_newer");
        }
        if !holding.position.quantity.is_zero() {
            let account = portfolio.account(states);
            let Ok(changed) = account.revalued(holding, &holding.position, Some(close)) else {
                return Disposition::Ignored("amount_inexact");
            };
            value = Some((account, changed));
        }
    }
    // The account's row changes only with what it is worth: a mark of nothing held stays in its own row.
    if let Some((before, value)) = value {
        let after = Account {
            value,
            ..before.clone()
        };
        if portfolio.limits.watch() {
            portfolio.watch(states, &before, &after, (at, true));
        }
        states.insert(ACCOUNT, Entry::Account(after));
    }
    let entry = states.change(&key);
    if !matches!(entry, Entry::Holding(_)) {
        *entry = Entry::Holding(Holding::default());
    }
    if let Entry::Holding(holding) = entry {
        holding.mark = Some(close);
        holding.marked_at = Some(at);
    }
    Disposition::Applied
}
