//! The executor's state: open orders and the bars that late orders may still fill on.

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Working;
use crate::states::States;

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
}

/// What matching needs of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBar {
    /// Where the bar starts.
    pub start: UtcTimestamp,
    /// Its first price.
    pub open: Decimal,
    /// What was traded in it and no order has taken yet.
    pub volume: Decimal,
}

/// The space keeps `A` apart from `A/B`: it is no character of a symbol.
pub(super) fn bar_prefix(symbol: &str) -> String {
    format!("bar/{symbol} ")
}

/// Nanoseconds, zero-padded: keys sort as time does.
pub(super) fn bar_key(symbol: &str, start: UtcTimestamp) -> String {
    format!("{}{:019}", bar_prefix(symbol), start.as_nanoseconds())
}

pub(super) fn book_key(symbol: &str) -> String {
    format!("book/{symbol}")
}

pub(super) fn ended_key(order_id: &str) -> String {
    format!("ended/{order_id}")
}

pub(super) fn book(states: &States<Entry>, symbol: &str) -> Book {
    match states.get(&book_key(symbol)) {
        Some(Entry::Book(book)) => book.clone(),
        _ => Book::default(),
    }
}
