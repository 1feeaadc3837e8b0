//! The simulated executor: orders fill at the open of the first bar that starts at or after the decision.

mod book;
mod cancel;
mod fill;
mod report;
mod session;

use ingenium_types::event::{
    OrderCancelReason, OrderEvent, OrderRejectReason, OrderTimeInForce, OrderType,
};
use ingenium_types::scalar::{CurrencyCode, UtcTimestamp};
use ingenium_types::{EventType, Payload, exact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::bar::Bar;
use crate::role::{Cause, Disposition, Input, Outbox, Role};
use crate::states::States;

pub use book::{Book, Ended, Entry, KeptBar};
use book::{bar_key, bar_prefix, book, book_key};
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
    /// The last status that was reported, as on the wire.
    #[serde(default)]
    status: String,
    /// Bars up to here were tried.
    tried: Option<UtcTimestamp>,
    /// The day of a DAY order's session (days since 1970), once bars have shown which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<i64>,
}

impl Role for PaperExecutor {
    type State = Entry;

    fn consumes(&self) -> &[EventType] {
        &[
            EventType::IngestorData,
            EventType::PortfolioOrder,
            EventType::PortfolioCancel,
        ]
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
            Payload::PortfolioCancel(cancel) => Self::cancel(states, cancel, input, outbox),
            _ => Disposition::Applied,
        }
    }

    /// The order's id, also where it follows from the event: another event may state it in full.
    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        match input.payload {
            Payload::PortfolioOrder(order) => Some(report::order_id(order, input)),
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
        let mut kept = KeptBar {
            start,
            open: bar.ohlc.open.get(),
            volume: bar.ohlc.volume.get(),
        };
        book.last_bar = Some(start);
        book.orders
            .sort_by(|a, b| (a.decided, &a.order_id).cmp(&(b.decided, &b.order_id)));
        let mut left = kept.volume;
        let waiting = std::mem::take(&mut book.orders);
        for mut working in waiting {
            if self.try_fill(&mut working, kept, &mut left, outbox) {
                cancel::end(states, &working);
            } else {
                book.orders.push(working);
            }
        }
        kept.volume = left;
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
            status: String::new(),
            tried: None,
            session: None,
        };
        if let Some((reason, text)) = self.refuses(order) {
            let at = working.decided;
            execution(&mut working, at, Report::Rejected(reason, text), outbox);
            cancel::end(states, &working);
            return Disposition::Applied;
        }
        let at = working.decided;
        execution(&mut working, at, Report::New, outbox);
        let symbol = order.symbol.as_str();
        let prefix = bar_prefix(symbol);
        working.session = session::known(states, symbol, working.decided);
        let bars: Vec<KeptBar> = states
            .range(&prefix, &bar_key(symbol, working.decided))
            .filter_map(|(_, entry)| match entry {
                Entry::Bar(bar) => Some(*bar),
                Entry::Empty | Entry::Book(_) | Entry::Ended(_) => None,
            })
            .collect();
        let done = bars.into_iter().any(|mut bar| {
            let traded = bar.volume;
            let done = self.try_fill(&mut working, bar, &mut bar.volume, outbox);
            if bar.volume != traded {
                // What this order took is gone for the next late one.
                states.insert(&bar_key(symbol, bar.start), Entry::Bar(bar));
            }
            done
        });
        if done {
            cancel::end(states, &working);
        } else {
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
        let whole = exact::floor_to(order.quantity.get(), self.lot);
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
        if let Some(end) = session::ended(working, bar.start) {
            let reason = OrderCancelReason::SessionEnd;
            execution(working, end, Report::Expired(reason), outbox);
            return true;
        }
        let fill = fill_at(working, bar, *left, self)
            .and_then(|fill| Ok((fill, exact::sub(*left, fill.quantity)?)));
        let Ok((fill, rest)) = fill else {
            let text = "the amounts of this order need more digits than a decimal holds".to_owned();
            let end = if working.cumulative.is_zero() {
                Report::Rejected(OrderRejectReason::OrderExceedsLimit, text)
            } else {
                // FIX knows no REJECTED after a fill: what is left is canceled.
                Report::Canceled(OrderCancelReason::Venue, Some(text))
            };
            execution(working, bar.start, end, outbox);
            return true;
        };
        if !fill.quantity.is_zero() {
            *left = rest;
            let report = Report::Trade(fill, self.currency.clone());
            execution(working, bar.start, report, outbox);
        }
        let done = working.cumulative == working.order.quantity.get();
        if !done && fill.capped {
            let end = Report::Canceled(OrderCancelReason::MaxNotional, None);
            execution(working, bar.start, end, outbox);
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
