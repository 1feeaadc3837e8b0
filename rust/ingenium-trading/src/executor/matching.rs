//! A bar and an order: what is filled, and whether the order is over.

use ingenium_types::event::{OrderCancelReason, OrderRejectReason, OrderTimeInForce as Tif};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::book::Entry;
use super::fill::{Fill, Trade};
use super::lifetime::Turn;
use super::report::{Report, execution};
use super::timing::Part;
use super::{KeptBar, PaperExecutor, Working, tape};
use crate::role::Outbox;
use crate::states::States;

impl PaperExecutor {
    /// Fills what `bar` allows and takes it from the bar's volume; whether the order is over.
    pub(super) fn try_fill(
        &self,
        states: &mut States<Entry>,
        working: &mut Working,
        bar: &mut KeptBar,
        outbox: &mut Outbox,
    ) -> bool {
        if working.tried >= Some(bar.start) {
            return false;
        }
        match working.turn(bar, &self.session, self.timing) {
            Turn::NotYet => false,
            Turn::MayClose => {
                working.closing = Some(bar.start);
                false
            }
            Turn::Trades(part) => self.trade(working, bar, part, outbox),
            Turn::Over(end) => {
                self.end(states, working, end, outbox);
                true
            }
        }
    }

    /// Ends an order whose time is over; one for the close trades there first.
    fn end(
        &self,
        states: &mut States<Entry>,
        working: &mut Working,
        end: UtcTimestamp,
        outbox: &mut Outbox,
    ) {
        if let Some(start) = working.closing.take() {
            let symbol = working.order.symbol.clone();
            if let Some(bar) = tape::find(states, symbol.as_str(), start)
                && self.trade(working, bar, Part::Close, outbox)
            {
                return;
            }
        }
        let report = if working.time_in_force() == Tif::Gtd {
            Report::Expired(None, Some(format!("ExpiresAt is {end}")))
        } else {
            Report::Expired(Some(OrderCancelReason::SessionEnd), None)
        };
        execution(working, end, report, outbox);
    }

    /// Trades on a part of a bar; whether the order is over.
    fn trade(
        &self,
        working: &mut Working,
        bar: &mut KeptBar,
        part: Part,
        outbox: &mut Outbox,
    ) -> bool {
        let at = if part == Part::Close {
            bar.end
        } else {
            bar.start
        };
        let fill = match self.meet(working, bar, part, outbox) {
            Ok(fill) => fill,
            Err(Inexact) => {
                let at = if working.triggered { bar.end } else { at };
                exceeds(working, at, outbox);
                return true;
            }
        };
        working.tried = Some(bar.start);
        let tif = working.time_in_force();
        let ordered = working.order.quantity.get();
        let mut capped = false;
        let mut ended_at = at;
        if let Some((fill, rest, at)) = fill {
            (capped, ended_at) = (fill.capped, at);
            let all_or_nothing = tif == Tif::Fok && fill.quantity != ordered;
            if !fill.quantity.is_zero() && !all_or_nothing {
                bar.volume = rest;
                let report = Report::Trade(fill, self.currency.clone());
                execution(working, at, report, outbox);
            }
        }
        if working.cumulative == ordered {
            return true;
        }
        let end = match tif {
            Tif::Fok => Report::Canceled(OrderCancelReason::FokUnfilled, None),
            _ if capped => Report::Canceled(OrderCancelReason::MaxNotional, None),
            Tif::Ioc => Report::Canceled(OrderCancelReason::IocRemainder, None),
            Tif::Opg | Tif::Cls => Report::Expired(Some(OrderCancelReason::SessionEnd), None),
            Tif::Gtc | Tif::Day | Tif::Gtd => return false,
        };
        execution(working, ended_at, end, outbox);
        true
    }

    /// The fill, what is left of the bar's volume after it, and when it is. In a bar without trades no price was met.
    fn meet(
        &self,
        working: &mut Working,
        bar: &KeptBar,
        part: Part,
        outbox: &mut Outbox,
    ) -> Result<Option<(Fill, Decimal, UtcTimestamp)>, Inexact> {
        if bar.traded.is_zero() {
            return Ok(None);
        }
        let found = self.find(working, bar, part)?;
        if let Some(at) = found.triggered {
            execution(working, at, Report::Triggered, outbox);
        }
        let Some(meeting) = found.meeting else {
            return Ok(None);
        };
        let trade = Trade {
            executor: self,
            working,
            bar,
            meeting,
        };
        let fill = trade.fill(bar.volume)?;
        let rest = exact::sub(bar.volume, fill.quantity)?;
        Ok(Some((fill, rest, meeting.at)))
    }
}

/// Ends an order whose amounts have no exact form.
fn exceeds(working: &mut Working, at: UtcTimestamp, outbox: &mut Outbox) {
    let text = format!(
        "Quantity is {}: the amounts of this order need more digits than a decimal holds: send a rounder one",
        working.order.quantity
    );
    let end = if working.cumulative.is_zero() {
        Report::Rejected(OrderRejectReason::OrderExceedsLimit, text)
    } else {
        // FIX knows no REJECTED after a fill: what is left is canceled.
        Report::Canceled(OrderCancelReason::Venue, Some(text))
    };
    execution(working, at, end, outbox);
}
