//! An order as the rules see it.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::{Limits, Mode, RiskState};

/// What all positions and open orders of an account are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exposure {
    /// Long and short positions together, and what open orders may add.
    pub gross: Decimal,
    /// Long less short positions.
    pub net: Decimal,
    /// Orders without a terminal execution.
    pub open_orders: usize,
}

/// An order that is about to be given.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The limits.
    pub limits: &'a Limits,
    /// Whether there is credit.
    pub mode: Mode,
    /// What the limits remember.
    pub state: &'a RiskState,
    /// The instrument.
    pub symbol: &'a str,
    /// The order's side.
    pub side: OrderSide,
    /// Its quantity.
    pub quantity: Decimal,
    /// The part of the quantity that opens or increases a position.
    pub opening: Decimal,
    /// The cash that it would reserve.
    pub max_notional: Decimal,
    /// The position, with all fills that open orders may still bring.
    pub position: Decimal,
    /// The last final close.
    pub mark: Decimal,
    /// Its age is counted from then.
    pub marked_at: Option<UtcTimestamp>,
    /// The signal's `Price`.
    pub price: Option<Decimal>,
    /// When the order would be given.
    pub now: UtcTimestamp,
    /// Cash plus market value.
    pub equity: Decimal,
    /// Cash that no open order has reserved.
    pub free_cash: Decimal,
    /// All positions and open orders together; zero where nothing looks at it.
    pub exposure: Exposure,
    /// When the instrument was last closed.
    pub exited_at: Option<UtcTimestamp>,
    /// When the same wish last gave an order.
    pub said_at: Option<UtcTimestamp>,
}

impl Proposal<'_> {
    /// What the order is worth at the mark.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn notional(&self) -> Result<Decimal, Inexact> {
        exact::mul(self.quantity, self.mark)
    }

    /// What the opening part is worth at the mark.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn opening_notional(&self) -> Result<Decimal, Inexact> {
        exact::mul(self.opening, self.mark)
    }

    /// The quantity with the sign of its side.
    #[must_use]
    pub fn signed(&self) -> Decimal {
        match self.side {
            OrderSide::Buy => self.quantity,
            OrderSide::Sell => -self.quantity,
        }
    }

    /// What the position would be worth afterwards, without sign.
    ///
    /// # Errors
    /// [`Inexact`] when the amount does not fit.
    pub fn position_after(&self) -> Result<Decimal, Inexact> {
        let after = exact::add(self.position, self.signed())?;
        Ok(exact::mul(after, self.mark)?.abs())
    }
}
