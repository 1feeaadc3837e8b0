//! What one bar fills of one order.

use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::{Decimal as WireDecimal, NonNegativeDecimal};
use rust_decimal::Decimal;

use super::{KeptBar, PaperExecutor, Working};
use crate::sizing::with_fee;

/// A fill, possibly of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// The quantity, a multiple of the lot.
    pub quantity: Decimal,
    /// The price: the bar's open.
    pub price: Decimal,
    /// The fee, rounded once.
    pub commission: Decimal,
    /// The order's `MaxNotional` allows no more.
    pub capped: bool,
}

/// The fill of `working` on `bar`, of which `left` is not yet taken.
///
/// # Errors
/// [`Inexact`] when an amount of the order does not fit a decimal, or a total has no form on the wire.
pub fn fill_at(
    working: &Working,
    bar: KeptBar,
    left: Decimal,
    executor: &PaperExecutor,
) -> Result<Fill, Inexact> {
    let leaves = exact::sub(working.order.quantity.get(), working.cumulative)?;
    let available = exact::floor_to(leaves.min(left), executor.lot)?;
    let affordable = match working.order.max_notional {
        Some(cap) if bar.open > Decimal::ZERO => {
            affordable(working, cap.get(), bar.open, executor)?
        }
        _ => available,
    };
    let quantity = available.min(affordable);
    let commission = commission(quantity, bar.open, executor.fee_bps)?;
    // The totals must fit too, and the wire must be able to state what every report states.
    let cumulative = exact::add(working.cumulative, quantity)?;
    let leaves = exact::sub(working.order.quantity.get(), cumulative)?;
    exact::add(working.cost, exact::mul(quantity, bar.open)?)?;
    exact::add(working.commission, commission)?;
    let stated = [quantity, cumulative, leaves]
        .into_iter()
        .all(|value| NonNegativeDecimal::new(value).is_some());
    if !stated || WireDecimal::new(commission).is_none() {
        return Err(Inexact);
    }
    Ok(Fill {
        quantity,
        price: bar.open,
        commission,
        capped: affordable < available,
    })
}

/// The largest lot multiple whose cost and fee stay within what the cap leaves.
fn affordable(
    working: &Working,
    cap: Decimal,
    price: Decimal,
    executor: &PaperExecutor,
) -> Result<Decimal, Inexact> {
    let spent = exact::add(working.cost, working.commission)?;
    let room = exact::sub(cap, spent)?;
    let mut quantity = exact::div_floor_to(room, with_fee(price, executor.fee_bps)?, executor.lot)?;
    // The fee is rounded half to even, so the exact bound may be one lot too generous.
    while !quantity.is_zero()
        && exact::add(
            exact::mul(quantity, price)?,
            commission(quantity, price, executor.fee_bps)?,
        )? > room
    {
        quantity = exact::sub(quantity, executor.lot)?;
    }
    Ok(quantity)
}

fn commission(quantity: Decimal, price: Decimal, fee_bps: Decimal) -> Result<Decimal, Inexact> {
    exact::mul_div(
        exact::mul(quantity, price)?.abs(),
        fee_bps,
        Decimal::from(10_000),
    )
}
