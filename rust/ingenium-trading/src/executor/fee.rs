//! What a fill costs besides its price (FIX `Commission`, tag 12).

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

/// A schedule of fees. Every commission is rounded once, half to even, to 12 decimals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fees {
    /// No fees.
    #[default]
    None,
    /// So many basis points of each fill's notional.
    Bps(Decimal),
    /// So much a unit, by order: fills in parts cost what one fill of all would.
    PerShare {
        /// The fee of one unit.
        rate: Decimal,
        /// The least that an order costs.
        minimum: Decimal,
        /// The most that it costs, in percent of its notional; it goes before the minimum, as at Interactive Brokers.
        maximum_percent: Option<Decimal>,
    },
    /// Basis points of each fill's notional by who was there first; a rebate is negative.
    MakerTaker {
        /// For a LIMIT order that waited.
        maker: Decimal,
        /// For all others.
        taker: Decimal,
    },
    /// Basis points by the notional that an order has reached, each tier for the part of the notional that lies in it.
    /// Not by what an account has traded: that would depend on the order in which events arrive.
    Tiered(Vec<Tier>),
}

/// A step of a tiered schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// The notional from which on it holds; 0 in the first.
    pub from: Decimal,
    /// Basis points of what lies in it.
    pub bps: Decimal,
}

/// What an order has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) quantity: Decimal,
    pub(super) cost: Decimal,
    pub(super) commission: Decimal,
}

impl Fees {
    /// The commission of `quantity` at `price`, of an order that has come to `so_far`.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit.
    pub(super) fn commission(
        &self,
        so_far: Totals,
        quantity: Decimal,
        price: Decimal,
        is_maker: bool,
    ) -> Result<Decimal, Inexact> {
        if quantity.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let notional = exact::mul(quantity, price)?;
        let of_order = || exact::add(so_far.cost, notional).map(|cost| cost.abs());
        let total = match self {
            Self::None => return Ok(Decimal::ZERO),
            Self::Bps(points) => return share(notional.abs(), *points),
            Self::MakerTaker { maker, taker } => {
                return share(notional.abs(), if is_maker { *maker } else { *taker });
            }
            Self::PerShare {
                rate,
                minimum,
                maximum_percent,
            } => {
                let quantity = exact::add(so_far.quantity, quantity)?;
                let fee = exact::mul_div(*rate, quantity, Decimal::ONE)?.max(*minimum);
                match maximum_percent {
                    Some(most) => {
                        fee.min(exact::mul_div(of_order()?, *most, Decimal::ONE_HUNDRED)?)
                    }
                    None => fee,
                }
            }
            Self::Tiered(tiers) => tiered(tiers, of_order()?)?,
        };
        // What was charged stays charged, even if prices of both signs let the order's notional shrink.
        Ok(exact::sub(total, so_far.commission)?.max(Decimal::ZERO))
    }
}

fn share(notional: Decimal, points: Decimal) -> Result<Decimal, Inexact> {
    exact::mul_div(notional, points, Decimal::from(10_000))
}

fn tiered(tiers: &[Tier], notional: Decimal) -> Result<Decimal, Inexact> {
    let mut points = Decimal::ZERO;
    for (place, tier) in tiers.iter().enumerate() {
        let end = tiers
            .get(place + 1)
            .map_or(notional, |next| next.from.min(notional));
        if end > tier.from {
            let part = exact::mul(exact::sub(end, tier.from)?, tier.bps)?;
            points = exact::add(points, part)?;
        }
    }
    share(points, Decimal::ONE)
}
