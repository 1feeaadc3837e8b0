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
    let known = match states.get(&key) {
        Some(Entry::Holding(holding)) => Some(holding),
        _ => None,
    };
    if known.is_some_and(|holding| holding.marked_at >= Some(bar.end)) {
        return Disposition::Ignored("bar_not_newer");
    }
    let close = bar.ohlc.close.get();
    let held = known.filter(|holding| !holding.position.quantity.is_zero());
    let Some(mut holding) = held.cloned() else {
        // The account's row changes only with what it is worth: a mark of nothing held stays in its own row.
        let entry = states.change(&key);
        if !matches!(entry, Entry::Holding(_)) {
            *entry = Entry::Holding(Holding::default());
        }
        if let Entry::Holding(holding) = entry {
            holding.mark = Some(close);
            holding.marked_at = Some(bar.end);
        }
        return Disposition::Applied;
    };
    let mut account = portfolio.account(states);
    let value = account.value;
    if account.mark(&mut holding, close, bar.end).is_err() {
        return Disposition::Ignored("amount_inexact");
    }
    if portfolio.limits.watch() {
        let before = Account {
            value,
            ..account.clone()
        };
        portfolio.watch(states, &before, &account, (bar.end, true));
    }
    states.insert(ACCOUNT, Entry::Account(account));
    states.insert(&key, Entry::Holding(holding));
    Disposition::Applied
}
