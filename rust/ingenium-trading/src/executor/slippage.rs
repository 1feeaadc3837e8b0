//! How much worse than the bar's price a fill is.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::path::worsened;

/// A rule from price, quantity and the bar's volume to the price that is paid.
///
/// Slipped prices are rounded half to even to 12 decimals; BUY pays more, SELL gets less. A limit is kept: the price of a
/// LIMIT order stays within the bar, and is never worse than its limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Slippage {
    /// The bar's price.
    #[default]
    None,
    /// So many basis points of the price, at most 10,000.
    Bps(Decimal),
    /// So many ticks.
    Ticks {
        /// How many.
        count: Decimal,
        /// The size of one.
        size: Decimal,
    },
    /// `price · impact · min(quantity / volume, limit)²`, as zipline and LEAN do; share, square and product are rounded
    /// half to even to 12 decimals, one after another.
    VolumeShare {
        /// The impact of buying the whole volume, as a share of the price: 0.1 there.
        impact: Decimal,
        /// The share of the volume beyond which it gets no worse: 0.025 there.
        limit: Decimal,
    },
}

impl Slippage {
    /// The price of `quantity` where the bar's is `price` and `volume` was traded in it.
    ///
    /// # Errors
    /// [`Inexact`] when the result does not fit.
    pub(super) fn price(
        &self,
        side: OrderSide,
        price: Decimal,
        quantity: Decimal,
        volume: Decimal,
    ) -> Result<Decimal, Inexact> {
        match self {
            Self::None => Ok(price),
            Self::Bps(points) => worsened(side, price, *points, Decimal::from(10_000)),
            Self::Ticks { count, size } => {
                let slip = exact::mul(*count, *size)?;
                let slipped = match side {
                    OrderSide::Buy => exact::add(price, slip)?,
                    OrderSide::Sell => exact::sub(price, slip)?,
                };
                Ok(exact::round(slipped))
            }
            Self::VolumeShare { .. } if quantity.is_zero() => Ok(price),
            Self::VolumeShare { impact, limit } => {
                let share = exact::mul_div(quantity, Decimal::ONE, volume)?.min(*limit);
                let square = exact::mul_div(share, share, Decimal::ONE)?;
                let slip = exact::mul_div(*impact, square, Decimal::ONE)?;
                worsened(side, price, slip, Decimal::ONE)
            }
        }
    }

    /// Whether the price depends on the quantity.
    pub(super) const fn depends_on_quantity(&self) -> bool {
        matches!(self, Self::VolumeShare { .. })
    }
}
