//! The executor's state: open orders and the bars that late orders may still fill on.

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Working;
use crate::states::key;

/// The state under one key: open orders and the last bars under `book/<Symbol>`, the bars before them under
/// `bars/<Symbol> <nanoseconds of the first>`, orders that have ended under `ended/<OrderId>`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Entry {
    /// Nothing yet.
    #[default]
    Empty,
    /// Orders that wait for a bar.
    Book(Book),
    /// Bars that orders may fill on.
    Bars(Vec<KeptBar>),
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

/// One symbol's orders and last bars.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Book {
    pub(super) orders: Vec<Working>,
    pub(super) last_bar: Option<UtcTimestamp>,
    /// The last bars, in their order.
    #[serde(default)]
    pub(super) recent: Vec<KeptBar>,
    /// How many rows of bars there are before them.
    #[serde(default)]
    pub(super) rows: usize,
}

/// What matching needs of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

pub(super) fn book_key(symbol: &str) -> SmolStr {
    key(&["book/", symbol])
}

pub(super) fn ended_key(order_id: &str) -> SmolStr {
    key(&["ended/", order_id])
}

impl Entry {
    /// The book under this key, a new one if there was none.
    pub(super) fn book(&mut self) -> Option<&mut Book> {
        if *self == Self::Empty {
            *self = Self::Book(Book::default());
        }
        match self {
            Self::Book(book) => Some(book),
            Self::Empty | Self::Bars(_) | Self::Ended(_) => None,
        }
    }
}
