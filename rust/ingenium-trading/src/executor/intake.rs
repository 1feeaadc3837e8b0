//! What arrives: bars, which waiting orders look at, and orders, which look at the bars that were kept.

use ingenium_types::event::{OrderEvent, OrderTimeInForce as Tif, OrderType};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::book::{Entry, book_key};
use super::fill::share_of;
use super::report::{self, Report, execution};
use super::{KeptBar, PaperExecutor, Timing, Working, cancel, tape};
use crate::bar::Bar;
use crate::role::{Disposition, Input, Outbox};
use crate::states::States;

impl PaperExecutor {
    pub(super) fn bar(
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
        let key = book_key(symbol);
        let start = bar.event.timestamp;
        let Some(book) = states.change(&key).book() else {
            return Disposition::Ignored("state_of_another_kind");
        };
        let last = book.last_bar;
        if last >= Some(start) {
            return Disposition::Ignored("bar_not_newer");
        }
        book.last_bar = Some(start);
        let mut kept = self.kept(&bar, last);
        // Most bars find no order waiting: nothing is copied or sorted then.
        if !book.orders.is_empty() {
            let mut waiting = std::mem::take(&mut book.orders);
            waiting.sort_by(|a, b| (a.decided, &a.order_id).cmp(&(b.decided, &b.order_id)));
            waiting.retain_mut(|working| {
                let done = self.try_fill(states, working, &mut kept, outbox);
                if done {
                    cancel::end(states, working);
                }
                !done
            });
            if let Some(book) = states.change(&key).book() {
                book.orders = waiting;
            }
        }
        tape::keep(states, &key, symbol, kept, self.history);
        Disposition::Applied
    }

    /// What is kept of a bar that follows the one that started at `last`.
    fn kept(&self, bar: &Bar<'_>, last: Option<UtcTimestamp>) -> KeptBar {
        let start = bar.event.timestamp;
        let session = self.session.of(start);
        let traded = bar.ohlc.volume.get();
        KeptBar {
            start,
            end: bar.end,
            open: bar.ohlc.open.get(),
            high: bar.ohlc.high.get(),
            low: bar.ohlc.low.get(),
            close: bar.ohlc.close.get(),
            traded,
            volume: share_of(traded, self.participation),
            first: session.is_some() && last.is_none_or(|last| self.session.of(last) != session),
        }
    }

    pub(super) fn order(
        &self,
        states: &mut States<Entry>,
        order: &OrderEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let decided = order.timestamp.unwrap_or(input.time);
        let mut working = Working {
            order: order.clone(),
            order_id: report::order_id(order, input),
            decided,
            cause: input.cause().clone(),
            cumulative: Decimal::ZERO,
            cost: Decimal::ZERO,
            commission: Decimal::ZERO,
            events: 0,
            status: String::new(),
            said: None,
            tried: None,
            session: None,
            closing: None,
            triggered: false,
            best: None,
        };
        if let Some((reason, text)) = self.refuses(order, decided) {
            execution(
                &mut working,
                decided,
                Report::Rejected(reason, text),
                outbox,
            );
            cancel::end(states, &working);
            return Disposition::Applied;
        }
        execution(&mut working, decided, Report::New, outbox);
        let symbol = order.symbol.as_str();
        let bars = tape::since(states, symbol, self.first_bar(&working));
        let done = bars.into_iter().any(|mut bar| {
            let left = bar.volume;
            let done = self.try_fill(states, &mut working, &mut bar, outbox);
            if bar.volume != left {
                // What this order took is gone for the next late one.
                if let Some(kept) = tape::find(states, symbol, bar.start) {
                    kept.volume = bar.volume;
                }
            }
            done
        });
        if done {
            cancel::end(states, &working);
        } else if let Some(book) = states.change(&book_key(symbol)).book() {
            book.orders.push(working);
        }
        Disposition::Applied
    }

    /// Where the first bar that may mean something to an order starts; `None`: any of them may.
    fn first_bar(&self, working: &Working) -> Option<UtcTimestamp> {
        let is_market = working.order.type_ == OrderType::Market;
        match working.time_in_force() {
            // A bar that began before the decision may end after it.
            Tif::Cls => None,
            _ if is_market && self.timing == Timing::SameClose => None,
            // Earlier bars tell whether the session is one.
            Tif::Day if working.order.extended_hours == Some(true) => None,
            Tif::Day => {
                let session = self.session.of(working.decided)?;
                self.session.start(session)
            }
            Tif::Gtc | Tif::Gtd | Tif::Ioc | Tif::Fok | Tif::Opg => Some(working.decided),
        }
    }
}
