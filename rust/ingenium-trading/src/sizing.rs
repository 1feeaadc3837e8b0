//! How much to buy.

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A rule from account and price to quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sizing {
    /// The same quantity every time.
    FixedQuantity(Decimal),
    /// This share of the equity (0 to 1).
    PercentEquity(Decimal),
}

/// What a BUY may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Cash plus market value.
    pub equity: Decimal,
    /// Cash that no open order has reserved.
    pub free_cash: Decimal,
}

/// How quantities and fees are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Quantities are multiples of this.
    pub lot: Decimal,
    /// Fee in basis points of the notional.
    pub fee_bps: Decimal,
    /// Room for the price to rise until the fill, as a share, for rules without a budget.
    pub gap_allowance: Decimal,
}

/// A BUY that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// The quantity, a multiple of the lot.
    pub quantity: Decimal,
    /// The most that it may cost, fees included: reserved until the order is done.
    pub max_notional: Decimal,
}

impl Sizing {
    /// The purchase at `price`, rounded down to the lot; `None` where it is below one lot or beyond the cash.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit, or the price is not above zero.
    pub fn purchase(
        self,
        means: Means,
        price: Decimal,
        terms: Terms,
    ) -> Result<Option<Purchase>, Inexact> {
        let unit = with_fee(price, terms.fee_bps)?;
        let (quantity, max_notional) = match self {
            Self::FixedQuantity(wanted) => {
                let quantity = exact::floor_to(wanted, terms.lot)?;
                if exact::mul(quantity, unit)? > means.free_cash {
                    return Ok(None);
                }
                let allowance = exact::add(Decimal::ONE, terms.gap_allowance)?;
                (
                    quantity,
                    exact::mul(exact::mul(quantity, unit)?, allowance)?,
                )
            }
            Self::PercentEquity(share) => {
                let budget = exact::mul(share, means.equity)?.min(means.free_cash);
                (exact::div_floor_to(budget, unit, terms.lot)?, budget)
            }
        };
        let max_notional = max_notional.min(means.free_cash);
        Ok((!quantity.is_zero()).then_some(Purchase {
            quantity,
            max_notional,
        }))
    }
}

/// `notional` plus its fee.
///
/// # Errors
/// [`Inexact`] when the amount does not fit.
pub fn with_fee(notional: Decimal, fee_bps: Decimal) -> Result<Decimal, Inexact> {
    exact::add(notional, exact::mul(notional, bps(fee_bps)?)?)
}

/// Basis points as a share.
fn bps(points: Decimal) -> Result<Decimal, Inexact> {
    exact::mul(points, Decimal::new(1, 4))
}
