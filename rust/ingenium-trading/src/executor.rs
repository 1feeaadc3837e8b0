//! The simulated executor: orders fill at the open of the first bar that starts at or after the decision.

mod fill;
mod report;

use ingenium_types::event::{
    OrderCancelReason, OrderEvent, OrderRejectReason, OrderTimeInForce, OrderType,
};
use ingenium_types::scalar::{CurrencyCode, UtcTimestamp};
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::bar::Bar;
use crate::role::{Cause, Disposition, Input, Outbox, Role};
use crate::states::States;

pub use fill::{Fill, fill_at};
use report::{Report, execution};

/// Fills MARKET orders at the next open, with a fee in basis points.
///
/// Matching uses event time: an order that arrives late still fills on the bar that its `Timestamp` selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperExecutor {
    /// Quantities are multiples of this.
    pub lot: Decimal,
    /// Fee in basis points of the notional.
    pub fee_bps: Decimal,
    /// The currency of fees where the order names none.
    pub currency: CurrencyCode,
    /// Bars kept a symbol, for orders that arrive late.
    pub history: usize,
}

/// The state under one key: open orders under `book/<Symbol>`, bars under `bar/<Symbol>/<Timestamp>`,
/// the tail of finished orders under `order/<OrderId>`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Entry {
    /// Nothing yet.
    #[default]
    Empty,
    /// Orders that wait for a bar.
    Book(Book),
    /// A bar that orders may fill on.
    Bar(KeptBar),
}

/// One symbol's orders and how many bars are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Book {
    orders: Vec<Working>,
    last_bar: Option<UtcTimestamp>,
}

/// What matching needs of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBar {
    /// Where the bar starts.
    pub start: UtcTimestamp,
    /// Its first price.
    pub open: Decimal,
    /// What was traded in it.
    pub volume: Decimal,
}

/// An accepted order and its life so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Working {
    order: OrderEvent,
    order_id: String,
    decided: UtcTimestamp,
    cause: Cause,
    cumulative: Decimal,
    cost: Decimal,
    commission: Decimal,
    /// Execution events so far: the next one's number is one more.
    events: u32,
    /// Bars up to here were tried.
    tried: Option<UtcTimestamp>,
}

impl Role for PaperExecutor {
    type State = Entry;

    fn consumes(&self) -> &[EventType] {
        &[EventType::IngestorData, EventType::PortfolioOrder]
    }

    fn handle(
        &self,
        states: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        match input.payload {
            Payload::IngestorData(_) => self.bar(states, input, outbox),
            Payload::PortfolioOrder(order) => self.order(states, order, input, outbox),
            _ => Disposition::Applied,
        }
    }

    fn natural_key(&self, payload: &Payload) -> Option<String> {
        match payload {
            Payload::PortfolioOrder(order) => order.order_id.as_ref().map(ToString::to_string),
            _ => None,
        }
    }

    fn conflict(
        &self,
        _: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        if let Payload::PortfolioOrder(order) = input.payload {
            report::answer(order, input, outbox, OrderRejectReason::DuplicateOrder);
        }
        Disposition::Applied
    }
}

impl PaperExecutor {
    fn bar(
        &self,
        states: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let bar = match Bar::of(input) {
            Ok(bar) => bar,
            Err(disposition) => return disposition,
        };
        let symbol = bar.event.symbol.as_str();
        let mut book = book(states, symbol);
        let start = bar.event.timestamp;
        if book.last_bar >= Some(start) {
            return Disposition::Ignored("bar_not_newer");
        }
        let kept = KeptBar {
            start,
            open: bar.ohlc.open.get(),
            volume: bar.ohlc.volume.get(),
        };
        book.last_bar = Some(start);
        book.orders
            .sort_by(|a, b| (a.decided, &a.order_id).cmp(&(b.decided, &b.order_id)));
        let mut left = kept.volume;
        book.orders
            .retain_mut(|working| !self.try_fill(working, kept, &mut left, outbox));
        states.insert(&bar_key(symbol, start), Entry::Bar(kept));
        self.forget_oldest(states, symbol);
        states.insert(&book_key(symbol), Entry::Book(book));
        Disposition::Applied
    }

    fn order(
        &self,
        states: &mut States<Entry>,
        order: &OrderEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let mut working = Working {
            order: order.clone(),
            order_id: report::order_id(order, input),
            decided: order.timestamp.unwrap_or(input.time),
            cause: input.cause.clone(),
            cumulative: Decimal::ZERO,
            cost: Decimal::ZERO,
            commission: Decimal::ZERO,
            events: 0,
            tried: None,
        };
        if let Some((reason, text)) = self.refuses(order) {
            let at = working.decided;
            execution(&mut working, at, Report::Rejected(reason, text), outbox);
            return Disposition::Applied;
        }
        let at = working.decided;
        execution(&mut working, at, Report::New, outbox);
        let symbol = order.symbol.as_str();
        let prefix = bar_prefix(symbol);
        let from = bar_key(symbol, working.decided);
        let bars: Vec<KeptBar> = states
            .range(&prefix, &from)
            .filter_map(|(_, entry)| {
                if let Entry::Bar(bar) = entry {
                    Some(*bar)
                } else {
                    None
                }
            })
            .collect();
        let done = bars
            .into_iter()
            .any(|bar| self.try_fill(&mut working, bar, &mut bar.volume.clone(), outbox));
        if !done {
            let mut book = book(states, symbol);
            book.orders.push(working);
            states.insert(&book_key(symbol), Entry::Book(book));
        }
        Disposition::Applied
    }

    /// Why this executor does not take an order.
    fn refuses(&self, order: &OrderEvent) -> Option<(OrderRejectReason, String)> {
        if order.type_ != OrderType::Market {
            let text = format!(
                "order type {} is not supported here: send MARKET",
                order.type_
            );
            return Some((OrderRejectReason::UnsupportedOrderType, text));
        }
        let supported = [
            None,
            Some(OrderTimeInForce::Gtc),
            Some(OrderTimeInForce::Day),
        ];
        if !supported.contains(&order.time_in_force) {
            let text = "time in force is not supported here: send GTC or DAY".to_owned();
            return Some((OrderRejectReason::UnsupportedTimeInForce, text));
        }
        let whole = ingenium_types::exact::floor_to(order.quantity.get(), self.lot);
        if whole != Ok(order.quantity.get().normalize()) {
            let text = format!(
                "quantity {} is no multiple of the lot {}",
                order.quantity, self.lot
            );
            return Some((OrderRejectReason::IncorrectQuantity, text));
        }
        None
    }

    /// Fills what the bar allows; whether the order is done.
    fn try_fill(
        &self,
        working: &mut Working,
        bar: KeptBar,
        left: &mut Decimal,
        outbox: &mut Outbox,
    ) -> bool {
        if bar.start < working.decided || working.tried >= Some(bar.start) {
            return false;
        }
        working.tried = Some(bar.start);
        let Ok(fill) = fill_at(working, bar, *left, self) else {
            let text = "the amounts of this order need more digits than a decimal holds".to_owned();
            execution(
                working,
                bar.start,
                Report::Rejected(OrderRejectReason::OrderExceedsLimit, text),
                outbox,
            );
            return true;
        };
        if !fill.quantity.is_zero() {
            *left -= fill.quantity;
            execution(
                working,
                bar.start,
                Report::Trade(fill, self.currency.clone()),
                outbox,
            );
        }
        let done = working.cumulative == working.order.quantity.get();
        if !done && fill.capped {
            execution(
                working,
                bar.start,
                Report::Canceled(OrderCancelReason::MaxNotional),
                outbox,
            );
        }
        done || fill.capped
    }

    fn forget_oldest(&self, states: &mut States<Entry>, symbol: &str) {
        let prefix = bar_prefix(symbol);
        let kept = states.range(&prefix, &prefix).count();
        let oldest: Vec<String> = states
            .range(&prefix, &prefix)
            .take(kept.saturating_sub(self.history))
            .map(|(key, _)| key.to_owned())
            .collect();
        for key in oldest {
            states.remove(&key);
        }
    }
}

/// The space keeps `A` apart from `A/B`: it is no character of a symbol.
fn bar_prefix(symbol: &str) -> String {
    format!("bar/{symbol} ")
}

/// Nanoseconds, zero-padded: keys sort as time does.
fn bar_key(symbol: &str, start: UtcTimestamp) -> String {
    format!("{}{:019}", bar_prefix(symbol), start.as_nanoseconds())
}

fn book_key(symbol: &str) -> String {
    format!("book/{symbol}")
}

fn book(states: &States<Entry>, symbol: &str) -> Book {
    match states.get(&book_key(symbol)) {
        Some(Entry::Book(book)) => book.clone(),
        _ => Book::default(),
    }
}
