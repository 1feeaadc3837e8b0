//! The executor's state: open orders and the bars that late orders may still fill on.

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Working;

/// The state under one key: open orders under `book/<Symbol>`, bars under `bar/<Symbol> <nanoseconds>`, orders that
/// have ended under `ended/<OrderId>`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Entry {
    /// Nothing yet.
    #[default]
    Empty,
    /// Orders that wait for a bar.
    Book(Book),
    /// A bar that orders may fill on.
    Bar(KeptBar),
    /// An order that has ended: what a late cancel is told.
    Ended(Ended),
}

/// How an order has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// What was filled of it.
    pub cumulative: Decimal,
    /// Its last status, as on the wire.
    pub status: String,
}

/// One symbol's orders and how many bars are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Book {
    pub(super) orders: Vec<Working>,
    pub(super) last_bar: Option<UtcTimestamp>,
    /// How many bars are kept, once they were counted.
    #[serde(default)]
    pub(super) kept: Option<usize>,
}

/// What matching needs of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredBar")]
pub struct KeptBar {
    /// Where the bar starts.
    pub start: UtcTimestamp,
    /// Where it ends, exclusive.
    pub end: UtcTimestamp,
    /// Its first price.
    pub open: Decimal,
    /// Its highest price.
    pub high: Decimal,
    /// Its lowest price.
    pub low: Decimal,
    /// Its last price.
    pub close: Decimal,
    /// What was traded in it.
    pub traded: Decimal,
    /// What of that orders may take and none has taken yet.
    pub volume: Decimal,
    /// Whether it is the first of its session.
    pub first: bool,
}

/// A bar as a store holds it: early ones have start, open and volume only.
#[derive(Deserialize)]
struct StoredBar {
    start: UtcTimestamp,
    end: Option<UtcTimestamp>,
    open: Decimal,
    high: Option<Decimal>,
    low: Option<Decimal>,
    close: Option<Decimal>,
    traded: Option<Decimal>,
    volume: Decimal,
    #[serde(default)]
    first: bool,
}

impl From<StoredBar> for KeptBar {
    fn from(stored: StoredBar) -> Self {
        Self {
            start: stored.start,
            end: stored.end.unwrap_or(stored.start),
            open: stored.open,
            high: stored.high.unwrap_or(stored.open),
            low: stored.low.unwrap_or(stored.open),
            close: stored.close.unwrap_or(stored.open),
            traded: stored.traded.unwrap_or(stored.volume),
            volume: stored.volume,
            first: stored.first,
        }
    }
}

impl KeptBar {
    /// A bar in which nothing but `price` was seen.
    pub(super) const fn only(self, price: Decimal) -> Self {
        Self {
            open: price,
            high: price,
            low: price,
            close: price,
            ..self
        }
    }
}

/// The space keeps `A` apart from `A/B`: it is no character of a symbol.
pub(super) fn bar_prefix(symbol: &str) -> String {
    format!("bar/{symbol} ")
}

/// Nanoseconds, zero-padded: keys sort as time does.
pub(super) fn bar_key(symbol: &str, start: UtcTimestamp) -> String {
    format!("bar/{symbol} {:019}", start.as_nanoseconds())
}

pub(super) fn book_key(symbol: &str) -> String {
    format!("book/{symbol}")
}

pub(super) fn ended_key(order_id: &str) -> String {
    format!("ended/{order_id}")
}

impl Entry {
    /// The book under this key, a new one if there was none.
    pub(super) fn book(&mut self) -> Option<&mut Book> {
        if *self == Self::Empty {
            *self = Self::Book(Book::default());
        }
        match self {
            Self::Book(book) => Some(book),
            Self::Empty | Self::Bar(_) | Self::Ended(_) => None,
        }
    }

    /// The bar under this key.
    pub(super) const fn bar(&self) -> Option<KeptBar> {
        match self {
            Self::Bar(bar) => Some(*bar),
            Self::Empty | Self::Book(_) | Self::Ended(_) => None,
        }
    }
}
