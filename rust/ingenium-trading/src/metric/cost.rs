//! What trading has cost, exactly.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::trade::Fill;

/// Sums over all fills, in the account's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costs {
    /// Sizes of the notionals.
    pub(super) traded: Decimal,
    /// Commissions.
    pub(super) fees: Decimal,
    /// What fills were worse than decided, `None` once a fill came without the price that was decided on.
    pub(super) slippage: Option<Decimal>,
}

impl Costs {
    pub(super) const NONE: Self = Self {
        traded: Decimal::ZERO,
        fees: Decimal::ZERO,
        slippage: Some(Decimal::ZERO),
    };

    /// The sums with one more fill.
    pub(super) fn with(self, fill: &Fill) -> Result<Self, Inexact> {
        let quantity = fill.quantity.get();
        let notional = exact::mul(quantity, fill.price)?;
        let slippage = match (self.slippage, fill.decision_price) {
            (Some(sum), Some(decided)) => {
                let worse = match fill.side {
                    OrderSide::Buy => exact::sub(fill.price, decided)?,
                    OrderSide::Sell => exact::sub(decided, fill.price)?,
                };
                Some(exact::add(sum, exact::mul(worse, quantity)?)?)
            }
            _ => None,
        };
        Ok(Self {
            traded: exact::add(self.traded, notional.abs())?,
            fees: exact::add(self.fees, fill.commission)?,
            slippage,
        })
    }

    /// Slippage plus fees.
    pub(super) fn shortfall(self) -> Option<Decimal> {
        exact::add(self.slippage?, self.fees).ok()
    }
}
