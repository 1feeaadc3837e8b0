//! Which session a DAY order lives in, and when that is over. A session is a UTC date.

use ingenium_types::event::OrderTimeInForce;
use ingenium_types::scalar::UtcTimestamp;

use super::Working;
use super::book::{Entry, bar_key, bar_prefix};
use crate::states::States;

/// Nanoseconds in a session.
const DAY: i64 = 86_400_000_000_000;

/// The session that holds `decided`, if a bar of `symbol` has shown that there is one.
pub(super) fn known(states: &States<Entry>, symbol: &str, decided: UtcTimestamp) -> Option<i64> {
    let session = day(decided);
    let first = UtcTimestamp::from_nanoseconds(session.checked_mul(DAY)?)?;
    let prefix = bar_prefix(symbol);
    let (_, entry) = states.range(&prefix, &bar_key(symbol, first)).next()?;
    matches!(entry, Entry::Bar(bar) if day(bar.start) == session).then_some(session)
}

/// The end of a DAY order's session, if the bar that starts at `start` lies after it.
///
/// Where no bar has shown the session yet, it is this bar's: the next one that has bars.
pub(super) fn ended(working: &mut Working, start: UtcTimestamp) -> Option<UtcTimestamp> {
    if working.order.time_in_force != Some(OrderTimeInForce::Day) {
        return None;
    }
    let session = *working.session.get_or_insert(day(start));
    if day(start) <= session {
        return None;
    }
    UtcTimestamp::from_nanoseconds(session.checked_add(1)?.checked_mul(DAY)?)
}

const fn day(instant: UtcTimestamp) -> i64 {
    instant.as_nanoseconds().div_euclid(DAY)
}
