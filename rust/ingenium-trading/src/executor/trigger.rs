//! Stop prices: when a STOP, STOP_LIMIT or TRAILING_STOP order wakes up (FIX 40=3, 40=4, 40=P).

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::path::{better, is_at_or_beyond, worse, worsened};

/// Where along a bar's path an order wakes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trigger {
    /// The price there: the stop price, or the open where the market opened beyond it.
    pub(super) price: Decimal,
    /// The path's point that lies at or behind it; 0 for the open.
    pub(super) point: usize,
}

/// The first place on `path` at `stop` or beyond. A gap is honoured: who stops at 90 in a market that opens at 50 sells
/// at 50.
pub(super) fn stop(side: OrderSide, stop: Decimal, path: &[Decimal; 4]) -> Option<Trigger> {
    let point = path
        .iter()
        .position(|price| is_at_or_beyond(side, *price, stop))?;
    let price = if point == 0 { path[0] } else { stop };
    Some(Trigger { price, point })
}

/// How far a stop stays behind the best price (FIX `PegOffsetValue`, tag 211).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trail {
    /// So much.
    Amount(Decimal),
    /// So many percent of it.
    Percent(Decimal),
}

impl Trail {
    /// The stop price while `best` is the best price.
    fn behind(self, side: OrderSide, best: Decimal) -> Result<Decimal, Inexact> {
        match (self, side) {
            (Self::Amount(amount), OrderSide::Buy) => exact::add(best, amount),
            (Self::Amount(amount), OrderSide::Sell) => exact::sub(best, amount),
            (Self::Percent(percent), _) => worsened(side, best, percent, Decimal::ONE_HUNDRED),
        }
    }

    /// Follows `path` from the best price so far, if there is one: the best price after it, and where it fell back by
    /// more than the trail. The best price at any point is the best up to there: what comes later is not known yet.
    pub(super) fn follow(
        self,
        side: OrderSide,
        best: Option<Decimal>,
        path: &[Decimal; 4],
    ) -> Result<(Decimal, Option<Trigger>), Inexact> {
        let mut best = best.unwrap_or(path[0]);
        for (point, price) in path.iter().copied().enumerate() {
            let stop = self.behind(side, best)?;
            if is_at_or_beyond(side, price, stop) {
                let price = match point {
                    0 => price,
                    // A stop that was rounded may lie a hair outside of what was traded.
                    _ => worse(side, stop, path[point - 1]),
                };
                return Ok((best, Some(Trigger { price, point })));
            }
            best = better(side, best, price);
        }
        Ok((best, None))
    }
}
