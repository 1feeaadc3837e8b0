//! The way that the price takes through a bar.

use ingenium_types::event::OrderSide;
use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::KeptBar;

/// The four prices of `bar` in the order in which they are taken to have come: the open, the extreme that is nearer to
/// it, the other extreme, the close. From one to the next the price passes all between.
///
/// A tie goes against the order's owner: a BUY sees the high first, a SELL the low, so that of two exits in one bar the
/// stop comes before the target. NautilusTrader measured the nearer extreme to come first in 75 to 85 of 100 bars.
///
/// # Errors
/// [`Inexact`] when a distance does not fit a decimal.
pub(super) fn path(bar: &KeptBar, side: OrderSide) -> Result<[Decimal; 4], Inexact> {
    let up = exact::sub(bar.high, bar.open)?;
    let down = exact::sub(bar.open, bar.low)?;
    let high_first = up < down || (up == down && side == OrderSide::Buy);
    Ok(if high_first {
        [bar.open, bar.high, bar.low, bar.close]
    } else {
        [bar.open, bar.low, bar.high, bar.close]
    })
}

/// Whether `price` is at `level` or worse for a `side` order: above it for a BUY.
pub(super) fn is_at_or_beyond(side: OrderSide, price: Decimal, level: Decimal) -> bool {
    match side {
        OrderSide::Buy => price >= level,
        OrderSide::Sell => price <= level,
    }
}

/// The worse of two prices for a `side` order.
pub(super) fn worse(side: OrderSide, a: Decimal, b: Decimal) -> Decimal {
    match side {
        OrderSide::Buy => a.max(b),
        OrderSide::Sell => a.min(b),
    }
}

/// The better of two prices for a `side` order.
pub(super) fn better(side: OrderSide, a: Decimal, b: Decimal) -> Decimal {
    match side {
        OrderSide::Buy => a.min(b),
        OrderSide::Sell => a.max(b),
    }
}

/// `price`, worse for a `side` order by the share `part / whole` of its size; rounded once, half to even, to 12 decimals.
///
/// # Errors
/// [`Inexact`] when the result does not fit.
pub(super) fn worsened(
    side: OrderSide,
    price: Decimal,
    part: Decimal,
    whole: Decimal,
) -> Result<Decimal, Inexact> {
    // A negative price gets worse for a BUY by coming nearer to zero.
    let grows = (side == OrderSide::Buy) == (price >= Decimal::ZERO);
    let factor = if grows {
        exact::add(whole, part)?
    } else {
        exact::sub(whole, part)?
    };
    exact::mul_div(price, factor, whole)
}
