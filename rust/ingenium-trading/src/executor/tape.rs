//! The bars of the past, for orders that arrive late.
//!
//! The last ones are in the row of their symbol's book, which every bar changes anyway. When they fill a row of their
//! own they are moved there, and that row is written no more unless a late order takes volume.

use ingenium_types::scalar::UtcTimestamp;
use smol_str::SmolStr;

use super::KeptBar;
use super::book::{Book, Entry, book_key};
use crate::states::{States, key};

/// Bars in a row. More of them make the book's row long, fewer make rows come and go more often.
const ROW: usize = 16;

/// Keeps a bar that is newer than all others of its symbol, in the row `book` or beyond. At least `history` bars are kept.
pub(super) fn keep(
    states: &mut States<Entry>,
    book: &str,
    symbol: &str,
    bar: KeptBar,
    history: usize,
) {
    let Some(book) = states.change(book).book() else {
        return; // nothing else is kept under the key of a book
    };
    book.recent.push(bar);
    if book.recent.len() < ROW {
        return;
    }
    let full = std::mem::replace(&mut book.recent, Vec::with_capacity(ROW));
    let forget = book.rows * ROW >= history;
    if !forget {
        book.rows += 1;
    }
    let oldest = if forget { oldest(states, symbol) } else { None };
    states.insert(&row_key(symbol, full[0].start), Entry::Bars(full));
    if let Some(oldest) = oldest {
        states.remove(&oldest);
    }
}

/// The bars that start at or after `from`, or all of them, in their order.
pub(super) fn since(
    states: &States<Entry>,
    symbol: &str,
    from: Option<UtcTimestamp>,
) -> Vec<KeptBar> {
    let Some(book) = book(states, symbol) else {
        return Vec::new();
    };
    if book.last_bar < from {
        return Vec::new(); // as it is for most orders: they are decided at the end of the last bar
    }
    let prefix = prefix(symbol);
    let rows = states.range(&prefix, &prefix);
    let rows = rows.filter_map(|(_, entry)| match entry {
        Entry::Bars(bars) => Some(bars),
        Entry::Empty | Entry::Book(_) | Entry::Ended(_) => None,
    });
    let bars = rows.flatten().chain(&book.recent);
    bars.filter(|bar| Some(bar.start) >= from)
        .copied()
        .collect()
}

/// The bar that starts at `start`, for changing.
pub(super) fn find<'a>(
    states: &'a mut States<Entry>,
    symbol: &str,
    start: UtcTimestamp,
) -> Option<&'a mut KeptBar> {
    let recent = &book(states, symbol)?.recent;
    let row = if recent.first().is_some_and(|first| first.start <= start) {
        book_key(symbol)
    } else {
        let (prefix, last) = (prefix(symbol), row_key(symbol, start));
        let rows = states.range(&prefix, &prefix);
        let row = rows.take_while(|(key, _)| *key <= last.as_str()).last();
        SmolStr::new(row?.0)
    };
    let bars = match states.change(&row) {
        Entry::Book(book) => &mut book.recent,
        Entry::Bars(bars) => bars,
        Entry::Empty | Entry::Ended(_) => return None,
    };
    bars.iter_mut().find(|bar| bar.start == start)
}

fn book<'a>(states: &'a States<Entry>, symbol: &str) -> Option<&'a Book> {
    match states.get(&book_key(symbol)) {
        Some(Entry::Book(book)) => Some(book),
        _ => None,
    }
}

fn oldest(states: &States<Entry>, symbol: &str) -> Option<SmolStr> {
    let prefix = prefix(symbol);
    let row = states.range(&prefix, &prefix).next()?;
    Some(SmolStr::new(row.0))
}

/// The space keeps `A` apart from `A/B`: it is no character of a symbol.
fn prefix(symbol: &str) -> SmolStr {
    key(&["bars/", symbol, " "])
}

/// Nanoseconds, zero-padded: keys sort as time does.
fn row_key(symbol: &str, first: UtcTimestamp) -> SmolStr {
    let first = format!("{:019}", first.as_nanoseconds());
    key(&["bars/", symbol, " ", &first])
}
