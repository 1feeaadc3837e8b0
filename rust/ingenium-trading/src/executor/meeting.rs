//! Where on a bar an order meets the market.

use ingenium_types::event::OrderType;
use ingenium_types::exact::Inexact;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::limit::reached;
use super::path::{better, path};
use super::timing::Part;
use super::trigger::{Trail, Trigger, stop};
use super::{KeptBar, PaperExecutor, Working};

/// A price at which an order may be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meeting {
    /// The price, before slippage.
    pub(super) price: Decimal,
    /// When: a bar's open is of its start; what happened within it is known for sure at its end.
    pub(super) at: UtcTimestamp,
    /// Whether the order waited at its limit (FIX 851=1).
    pub(super) is_maker: bool,
    /// The limit that slippage may not pass.
    pub(super) limit: Option<Decimal>,
}

/// What an order finds on a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Found {
    /// When its stop price was met, if it was on this bar.
    pub(super) triggered: Option<UtcTimestamp>,
    /// Where it may be filled.
    pub(super) meeting: Option<Meeting>,
}

impl PaperExecutor {
    /// What `working` finds on the `part` of `bar`.
    ///
    /// # Errors
    /// [`Inexact`] when a price does not fit a decimal.
    pub(super) fn find(
        &self,
        working: &mut Working,
        bar: &KeptBar,
        part: Part,
    ) -> Result<Found, Inexact> {
        let seen = match part {
            Part::Whole => *bar,
            Part::Open => bar.only(bar.open),
            Part::Close => bar.only(bar.close),
        };
        let moment = |is_open: bool| {
            if is_open && part != Part::Close {
                bar.start
            } else {
                bar.end
            }
        };
        let taken = |price, is_open| Meeting {
            price,
            at: moment(is_open),
            is_maker: false,
            limit: None,
        };
        let side = working.order.side;
        let limit = working.order.limit_price.map(|price| price.get());
        let waited = working.tried.is_some();
        let limited = |first: Decimal, best: Decimal, is_open: bool, waited: bool| {
            let limit = limit?;
            let reached = reached(side, limit, self.limit_fill, first, best)?;
            Some(Meeting {
                price: reached.price,
                at: moment(is_open && reached.at_first),
                is_maker: waited || !reached.at_first,
                limit: Some(limit),
            })
        };
        let best = better(side, seen.low, seen.high);
        let type_ = working.order.type_;
        let is_stop = matches!(
            type_,
            OrderType::Stop | OrderType::StopLimit | OrderType::TrailingStop
        );
        if !is_stop || working.triggered {
            // From its trigger on, a stop is an order like others.
            let meeting = match type_ {
                OrderType::Limit | OrderType::StopLimit => limited(seen.open, best, true, waited),
                OrderType::Market | OrderType::Stop | OrderType::TrailingStop => {
                    Some(taken(seen.open, true))
                }
            };
            return Ok(Found {
                triggered: None,
                meeting,
            });
        }
        let path = path(&seen, side)?;
        let trigger = match working.order.stop_price {
            Some(price) => stop(side, price.get(), &path),
            None => follow(working, &path)?,
        };
        let Some(Trigger { price, point }) = trigger else {
            return Ok(Found::default());
        };
        working.triggered = true;
        let is_open = point == 0;
        let meeting = if type_ == OrderType::StopLimit {
            let best = path[point..]
                .iter()
                .fold(price, |best, price| better(side, best, *price));
            limited(price, best, is_open, false)
        } else {
            Some(taken(price, is_open))
        };
        Ok(Found {
            triggered: Some(moment(is_open)),
            meeting,
        })
    }
}

/// Carries the best price of a trailing stop along `path`.
fn follow(working: &mut Working, path: &[Decimal; 4]) -> Result<Option<Trigger>, Inexact> {
    let order = &working.order;
    let trail = match (order.trail_amount, order.trail_percent) {
        (Some(amount), _) => Trail::Amount(amount.get()),
        (None, Some(percent)) => Trail::Percent(percent.get()),
        (None, None) => return Ok(None),
    };
    let (best, trigger) = trail.follow(order.side, working.best, path)?;
    working.best = Some(best);
    Ok(trigger)
}
