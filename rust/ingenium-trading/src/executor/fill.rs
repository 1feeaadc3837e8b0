//! What one bar fills of one order.

use ingenium_types::event::{LiquidityFlag, OrderType};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::{Decimal as WireDecimal, InstrumentPrice, NonNegativeDecimal};
use rust_decimal::Decimal;

use super::fee::Totals;
use super::meeting::Meeting;
use super::path::better;
use super::{Fees, KeptBar, PaperExecutor, Working};
use crate::sizing::with_fee;

/// A fill, possibly of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fill {
    /// The quantity, a multiple of the lot.
    pub(super) quantity: Decimal,
    /// The price, slippage included.
    pub(super) price: Decimal,
    /// The fee, rounded once.
    pub(super) commission: Decimal,
    /// The order's `MaxNotional` allows no more.
    pub(super) capped: bool,
    /// Who was there first, where that could be either.
    pub(super) liquidity: Option<LiquidityFlag>,
}

/// An order that meets the market: all that price and fee of a quantity depend on.
pub(super) struct Trade<'a> {
    pub(super) executor: &'a PaperExecutor,
    pub(super) working: &'a Working,
    pub(super) bar: &'a KeptBar,
    pub(super) meeting: Meeting,
}

impl Trade<'_> {
    /// What is filled where `left` of the bar's volume is not yet taken.
    ///
    /// # Errors
    /// [`Inexact`] when an amount of the order does not fit a decimal, or a total has no form on the wire.
    pub(super) fn fill(&self, left: Decimal) -> Result<Fill, Inexact> {
        let (executor, working) = (self.executor, self.working);
        let ordered = working.order.quantity.get();
        let leaves = exact::sub(ordered, working.cumulative)?;
        let available = exact::floor_to(leaves.min(left), executor.lot)?;
        let affordable = match working.order.max_notional {
            Some(cap) if self.meeting.price > Decimal::ZERO => {
                self.affordable(cap.get(), available)?
            }
            _ => available,
        };
        let quantity = available.min(affordable);
        let price = self.price(quantity)?;
        let commission = self.commission(quantity, price)?;
        // The totals must fit too, and the wire must be able to state what every report states.
        let cumulative = exact::add(working.cumulative, quantity)?;
        let leaves = exact::sub(ordered, cumulative)?;
        exact::add(working.cost, exact::mul(quantity, price)?)?;
        exact::add(working.commission, commission)?;
        let stated = [quantity, cumulative, leaves]
            .into_iter()
            .all(|value| NonNegativeDecimal::new(value).is_some());
        if !stated
            || WireDecimal::new(commission).is_none()
            || InstrumentPrice::new(price).is_none()
        {
            return Err(Inexact);
        }
        Ok(Fill {
            quantity,
            price,
            commission,
            capped: affordable < available,
            liquidity: self.liquidity(),
        })
    }

    /// The price of `quantity`: slipped, and for a LIMIT order within the bar and the limit.
    fn price(&self, quantity: Decimal) -> Result<Decimal, Inexact> {
        let (bar, side) = (self.bar, self.working.order.side);
        let slippage = &self.executor.slippage;
        let price = slippage.price(side, self.meeting.price, quantity, bar.traded)?;
        Ok(match self.meeting.limit {
            Some(limit) => better(side, price.min(bar.high).max(bar.low), limit),
            None => price,
        })
    }

    fn commission(&self, quantity: Decimal, price: Decimal) -> Result<Decimal, Inexact> {
        let so_far = Totals {
            quantity: self.working.cumulative,
            cost: self.working.cost,
            commission: self.working.commission,
        };
        let fees = &self.executor.fees;
        fees.commission(so_far, quantity, price, self.meeting.is_maker)
    }

    /// A MARKET order always takes: it is said where the fee depends on it.
    fn liquidity(&self) -> Option<LiquidityFlag> {
        let depends = matches!(self.executor.fees, Fees::MakerTaker { .. });
        if self.working.order.type_ == OrderType::Market && !depends {
            return None;
        }
        Some(if self.meeting.is_maker {
            LiquidityFlag::Maker
        } else {
            LiquidityFlag::Taker
        })
    }

    /// The largest lot multiple whose cost and fee stay within what the cap leaves; at least `available`, if that does.
    fn affordable(&self, cap: Decimal, available: Decimal) -> Result<Decimal, Inexact> {
        let spent = exact::add(self.working.cost, self.working.commission)?;
        let room = exact::sub(cap, spent)?;
        if self.amount(available).is_ok_and(|amount| amount <= room) {
            return Ok(available);
        }
        let bps = match self.executor.fees {
            Fees::None => Some(Decimal::ZERO),
            Fees::Bps(points) => Some(points),
            Fees::PerShare { .. } | Fees::MakerTaker { .. } | Fees::Tiered(_) => None,
        };
        let price = self.price(available)?;
        let bound = match bps {
            Some(bps) if price > Decimal::ZERO && !self.executor.slippage.depends_on_quantity() => {
                exact::div_floor_to(room, with_fee(price, bps)?, self.executor.lot)?
            }
            _ => return self.halve(room, available),
        };
        if bound.is_zero() || self.amount(bound)? <= room {
            return Ok(bound);
        }
        // The fee is rounded half to even, so the exact bound may be a lot too generous: many, where a lot is worth less
        // than the rounding.
        self.halve(room, bound)
    }

    /// The largest lot multiple up to `bound` whose cost and fee fit into `room`, found by halving: both grow with the
    /// quantity.
    fn halve(&self, room: Decimal, bound: Decimal) -> Result<Decimal, Inexact> {
        let lot = self.executor.lot;
        let fits = |quantity| self.amount(quantity).is_ok_and(|amount| amount <= room);
        let (mut least, mut most) = (0, exact::div_floor_to(bound, lot, Decimal::ONE)?.mantissa());
        let lots = |count| {
            let count = Decimal::try_from_i128_with_scale(count, 0).map_err(|_| Inexact)?;
            exact::mul(count, lot)
        };
        while least < most {
            let middle = least + (most - least + 1) / 2;
            if lots(middle).is_ok_and(fits) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        lots(least)
    }

    /// Cost and fee.
    fn amount(&self, quantity: Decimal) -> Result<Decimal, Inexact> {
        let price = self.price(quantity)?;
        exact::add(
            exact::mul(quantity, price)?,
            self.commission(quantity, price)?,
        )
    }
}

/// What `participation` of a bar's volume is, rounded down where it does not fit.
pub(super) fn share_of(volume: Decimal, participation: Decimal) -> Decimal {
    if participation == Decimal::ONE {
        return volume;
    }
    // A volume of 18 digits before the point and a share of few behind it always fit.
    exact::mul(volume, participation)
        .or_else(|_| exact::mul(volume.trunc(), participation))
        .unwrap_or_default()
}
