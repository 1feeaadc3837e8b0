//! From what a signal wishes to what would be traded, before any limit.

use ingenium_types::event::{OrderSide, SignalDirection, SignalEvent};
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::Portfolio;
use super::holding::Holding;
use crate::risk::Mode;
use crate::sizing::{Ask, BELOW_MINIMUM, Denied, Facts, Means, Sizing, with_fee, with_gap};

/// What would be traded: a part that closes what is held, and a part that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) side: OrderSide,
    pub(super) closing: Decimal,
    pub(super) opening: Decimal,
    /// What the opening part may cost as a BUY.
    pub(super) opening_cap: Decimal,
}

impl Draft {
    const fn closing(side: OrderSide, quantity: Decimal) -> Self {
        Self {
            side,
            closing: quantity,
            opening: Decimal::ZERO,
            opening_cap: Decimal::ZERO,
        }
    }

    /// The same without what opens; `None` where nothing is left.
    pub(super) fn without_opening(self) -> Option<Self> {
        (!self.closing.is_zero() && !self.opening.is_zero())
            .then_some(Self::closing(self.side, self.closing))
    }

    pub(super) fn quantity(&self) -> Result<Decimal, Inexact> {
        exact::add(self.closing, self.opening)
    }

    /// The cash that a BUY reserves.
    pub(super) fn max_notional(
        &self,
        price: Decimal,
        portfolio: &Portfolio,
    ) -> Result<Decimal, Inexact> {
        if self.closing.is_zero() {
            return Ok(self.opening_cap);
        }
        let unit = with_fee(price, portfolio.terms.fee_bps)?;
        let closing = with_gap(exact::mul(self.closing, unit)?, portfolio.terms)?;
        exact::add(closing, self.opening_cap)
    }
}

/// What a signal asks for, and what it may use.
pub(super) struct Wish<'a> {
    pub(super) portfolio: &'a Portfolio,
    pub(super) signal: &'a SignalEvent,
    pub(super) holding: &'a Holding,
    pub(super) means: Means,
    /// The price that sizes are counted with.
    pub(super) price: Option<Decimal>,
    pub(super) facts: Facts,
}

impl Wish<'_> {
    /// What would be traded.
    ///
    /// # Errors
    /// A reason code where nothing would.
    pub(super) fn draft(&self) -> Result<Draft, Denied> {
        if let Sizing::TargetWeight(share) = self.portfolio.sizing {
            return self.towards_target(share);
        }
        match self.portfolio.mode {
            Mode::LongOnly => match self.signal.signal {
                SignalDirection::Long => self.buy(),
                SignalDirection::Short | SignalDirection::Flat => self.sell(),
            },
            Mode::Margin(_) => self.turn(),
        }
    }

    fn buy(&self) -> Result<Draft, Denied> {
        if self.holding.position.quantity > Decimal::ZERO {
            return Err(Denied("already_long"));
        }
        let mut open = self.holding.orders.values();
        if open.any(|order| order.side == OrderSide::Buy) {
            return Err(Denied("buy_already_open"));
        }
        self.open(OrderSide::Buy, Decimal::ZERO)
    }

    /// What is held and not yet being sold.
    fn sell(&self) -> Result<Draft, Denied> {
        let mut free = self.holding.position.quantity;
        let orders = self.holding.orders.values();
        for order in orders.filter(|order| order.side == OrderSide::Sell) {
            free = exact::sub(free, order.leaves()?)?;
        }
        if free <= Decimal::ZERO {
            return Err(Denied("nothing_to_sell"));
        }
        Ok(Draft::closing(OrderSide::Sell, self.lots(free)?))
    }

    /// With margin: to the other side, or out.
    fn turn(&self) -> Result<Draft, Denied> {
        self.nothing_open()?;
        let held = self.holding.position.quantity;
        let (side, closing) = match self.signal.signal {
            SignalDirection::Long if held > Decimal::ZERO => return Err(Denied("already_long")),
            SignalDirection::Short if held < Decimal::ZERO => return Err(Denied("already_short")),
            SignalDirection::Long => (OrderSide::Buy, -held),
            SignalDirection::Short => (OrderSide::Sell, held),
            SignalDirection::Flat if held.is_zero() => return Err(Denied("nothing_to_close")),
            SignalDirection::Flat => {
                let side = if held > Decimal::ZERO {
                    OrderSide::Sell
                } else {
                    OrderSide::Buy
                };
                return Ok(Draft::closing(side, self.lots(held.abs())?));
            }
        };
        if closing.is_zero() {
            return self.open(side, closing);
        }
        // Whether anything may be opened or not, what is held is on the wrong side.
        let closing = self.lots(closing)?;
        match self.open(side, closing) {
            Ok(draft) => Ok(draft),
            Err(_) => Ok(Draft::closing(side, closing)),
        }
    }

    /// A new position, of the size that the model gives.
    fn open(&self, side: OrderSide, closing: Decimal) -> Result<Draft, Denied> {
        let price = self.known_price()?;
        let facts = Facts {
            stop: self.signal.stop_price.map(|stop| stop.get()),
            short: side == OrderSide::Sell,
            ..self.facts
        };
        let sizing = self.portfolio.sizing;
        let purchase = sizing.purchase(self.means, price, self.portfolio.terms, facts)?;
        Ok(Draft {
            side,
            closing,
            opening: purchase.quantity,
            opening_cap: purchase.max_notional,
        })
    }

    /// What is missing to the wanted position, or too much.
    fn towards_target(&self, share: Decimal) -> Result<Draft, Denied> {
        self.nothing_open()?;
        let price = self.known_price()?;
        let (held, target) = (self.holding.position.quantity, self.target(share, price)?);
        let change = exact::sub(target, held)?;
        let side = if change > Decimal::ZERO {
            OrderSide::Buy
        } else {
            OrderSide::Sell
        };
        let crosses = !held.is_zero()
            && !target.is_zero()
            && held.is_sign_negative() != target.is_sign_negative();
        let (closing, opening) = if crosses {
            (held.abs(), target.abs())
        } else if target.abs() > held.abs() {
            (Decimal::ZERO, change.abs())
        } else {
            (change.abs(), Decimal::ZERO)
        };
        let unit = with_fee(price, self.portfolio.terms.fee_bps)?;
        let lot = self.portfolio.terms.lot;
        // With margin the means count what is held as closed.
        let kept = match self.portfolio.mode {
            Mode::Margin(_) if closing.is_zero() => exact::mul(held.abs(), price)?,
            _ => Decimal::ZERO,
        };
        let free = exact::sub(self.means.free_cash, kept)?;
        let affordable = exact::div_floor_to(free, unit, lot)?;
        let opening = exact::floor_to(opening, lot)?.min(affordable);
        let closing = exact::floor_to(closing, lot)?;
        if closing.is_zero() && opening.is_zero() {
            return Err(BELOW_MINIMUM);
        }
        let cap = with_gap(exact::mul(opening, unit)?, self.portfolio.terms)?;
        Ok(Draft {
            side,
            closing,
            opening,
            opening_cap: cap.min(free).max(Decimal::ZERO),
        })
    }

    /// The wanted position: the signal's `TargetQuantity`, else its `TargetWeight`, else the configured share.
    fn target(&self, share: Decimal, price: Decimal) -> Result<Decimal, Denied> {
        let wanted = self.signal.signal;
        if wanted == SignalDirection::Flat {
            return Ok(Decimal::ZERO);
        }
        let share = if wanted == SignalDirection::Short {
            -share
        } else {
            share
        };
        let stated = self.signal.target_quantity.map(|quantity| quantity.get());
        let lot = self.portfolio.terms.lot;
        let target = if let Some(quantity) = stated {
            signed(exact::floor_to(quantity.abs(), lot)?, quantity)
        } else {
            let share = self
                .signal
                .target_weight
                .map_or(share, |weight| weight.get());
            let model = Sizing::TargetWeight(share.abs());
            let budget = match model.ask(self.means, price, self.facts)? {
                Ask::Money(budget) | Ask::Quantity(budget) => budget,
            };
            let unit = with_fee(price, self.portfolio.terms.fee_bps)?;
            signed(exact::div_floor_to(budget, unit, lot)?, share)
        };
        match (wanted, self.portfolio.mode) {
            (SignalDirection::Long, _) if target < Decimal::ZERO => {
                Err(Denied("target_contradicts_signal"))
            }
            (SignalDirection::Short, _) if target > Decimal::ZERO => {
                Err(Denied("target_contradicts_signal"))
            }
            (SignalDirection::Short, Mode::LongOnly) => Ok(Decimal::ZERO),
            _ => Ok(target),
        }
    }

    fn nothing_open(&self) -> Result<(), Denied> {
        if self.holding.orders.is_empty() {
            Ok(())
        } else {
            Err(Denied("order_already_open"))
        }
    }

    fn known_price(&self) -> Result<Decimal, Denied> {
        let price = self.price.ok_or(Denied("no_known_price"))?;
        if price <= Decimal::ZERO {
            return Err(Denied("price_not_positive"));
        }
        Ok(price)
    }

    /// Rounded down to the lot, if that leaves any.
    fn lots(&self, quantity: Decimal) -> Result<Decimal, Denied> {
        let quantity = exact::floor_to(quantity, self.portfolio.terms.lot)?;
        if quantity.is_zero() {
            return Err(BELOW_MINIMUM);
        }
        Ok(quantity)
    }
}

/// `value` with the sign of `like`.
fn signed(value: Decimal, like: Decimal) -> Decimal {
    if like.is_sign_negative() {
        -value
    } else {
        value
    }
}
