//! What arrives: bars, which waiting orders look at, and orders, which look at the bars that were kept.

use ingenium_types::event::{OrderEvent, OrderTimeInForce as Tif, OrderType};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::book::{Entry, bar_key, bar_prefix, book_key};
use super::fill::share_of;
use super::report::{self, Report, execution};
use super::{KeptBar, PaperExecutor, Timing, Working, cancel};
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
        let last = match states.get(&key) {
            Some(Entry::Book(book)) => book.last_bar,
            _ => None,
        };
        if last >= Some(start) {
            return Disposition::Ignored("bar_not_newer");
        }
        let session = self.session.of(start);
        let traded = bar.ohlc.volume.get();
        let mut kept = KeptBar {
            start,
            end: bar.end,
            open: bar.ohlc.open.get(),
            high: bar.ohlc.high.get(),
            low: bar.ohlc.low.get(),
            close: bar.ohlc.close.get(),
            traded,
            volume: share_of(traded, self.participation),
            first: session.is_some() && last.is_none_or(|last| self.session.of(last) != session),
        };
        let Some(book) = states.change(&key).book() else {
            return Disposition::Ignored("state_of_another_kind");
        };
        book.last_bar = Some(start);
        let count = book.kept.map(|kept| kept + 1);
        book.kept = count.map(|count| count.min(self.history));
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
        states.insert(&bar_key(symbol, start), Entry::Bar(kept));
        self.forget_oldest(states, symbol, count);
        Disposition::Applied
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
            cause: input.cause.clone(),
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
        let prefix = bar_prefix(symbol);
        let bars: Vec<KeptBar> = states
            .range(&prefix, &self.first_key(&working, &prefix))
            .filter_map(|(_, entry)| entry.bar())
            .collect();
        let done = bars.into_iter().any(|mut bar| {
            let left = bar.volume;
            let done = self.try_fill(states, &mut working, &mut bar, outbox);
            if bar.volume != left {
                // What this order took is gone for the next late one.
                states.insert(&bar_key(symbol, bar.start), Entry::Bar(bar));
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

    /// The key of the first bar that may mean something to an order.
    fn first_key(&self, working: &Working, prefix: &str) -> String {
        let symbol = working.order.symbol.as_str();
        let from = |instant: UtcTimestamp| bar_key(symbol, instant);
        let is_market = working.order.type_ == OrderType::Market;
        match working.time_in_force() {
            // A bar that began before the decision may end after it.
            Tif::Cls => prefix.to_owned(),
            _ if is_market && self.timing == Timing::SameClose => prefix.to_owned(),
            // Earlier bars tell whether the session is one.
            Tif::Day => {
                let extended = working.order.extended_hours == Some(true);
                let start = self.session.of(working.decided);
                match start.and_then(|session| self.session.start(session)) {
                    Some(start) if !extended => from(start),
                    _ => prefix.to_owned(),
                }
            }
            Tif::Gtc | Tif::Gtd | Tif::Ioc | Tif::Fok | Tif::Opg => from(working.decided),
        }
    }

    /// Removes what is beyond the history; counts it where no count is known, after a start with an early store.
    fn forget_oldest(&self, states: &mut States<Entry>, symbol: &str, count: Option<usize>) {
        if count.is_some_and(|count| count <= self.history) {
            return;
        }
        let prefix = bar_prefix(symbol);
        let kept = count.unwrap_or_else(|| states.range(&prefix, &prefix).count());
        let oldest: Vec<String> = states
            .range(&prefix, &prefix)
            .take(kept.saturating_sub(self.history))
            .map(|(key, _)| key.to_owned())
            .collect();
        for key in &oldest {
            states.remove(key);
        }
        if count.is_none()
            && let Some(book) = states.change(&book_key(symbol)).book()
        {
            book.kept = Some(kept - oldest.len());
        }
    }
}
