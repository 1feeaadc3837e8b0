//! RISK_PER_TRADE: lose a share of the equity if the signal's stop is reached.

use ingenium_types::exact;
use rust_decimal::Decimal;

use super::{Denied, Facts, Means};

/// r·E / |price − stop|; the stop is below the price of what is bought, above that of what is sold short.
pub(super) fn quantity(
    share: Decimal,
    means: Means,
    price: Decimal,
    facts: Facts,
) -> Result<Decimal, Denied> {
    let stop = facts.stop.ok_or(Denied("no_stop_price"))?;
    let distance = if facts.short {
        exact::sub(stop, price)?
    } else {
        exact::sub(price, stop)?
    };
    if distance <= Decimal::ZERO {
        return Err(Denied("stop_price_not_beyond"));
    }
    divide(exact::mul(share, means.equity)?, distance)
}

/// A quotient to as many decimals as lots may have, rounded down.
pub(super) fn divide(money: Decimal, by: Decimal) -> Result<Decimal, Denied> {
    Ok(exact::div_floor_to(money, by, Decimal::new(1, 8))?)
}
