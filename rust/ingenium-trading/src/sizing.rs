//! How much to open.
//!
//! | Model | Quantity before rounding (E equity, P price with fee) | MaxNotional of a BUY |
//! |---|---|---|
//! | FIXED_QUANTITY n | n; nothing where the cash is less | quantity·P·(1 + gap) |
//! | FIXED_NOTIONAL n | n / P | the same |
//! | PERCENT_EQUITY w | w·E / P | the whole budget w·E |
//! | TARGET_WEIGHT w | difference to w·E / P, or to the signal's own target | quantity·P·(1 + gap) |
//! | RISK_PER_TRADE r | r·E / \|price − `StopPrice`\| of the signal | the same |
//! | VOL_TARGET | min(cap, target / σ)·E / P | the same |
//! | ATR r, k | r·E / (k·ATR) | the same |
//! | KELLY f | min(cap, f·(p − (1 − p)/b))·E / P | the same |
//! | EQUAL_WEIGHT n | E / n / P | the same |
//!
//! Quantities are rounded down to the lot; below one lot there is no order. No BUY uses more than the free cash, with
//! margin the buying power: FIXED_QUANTITY gives no order then, the others a smaller one.

mod atr;
mod kelly;
mod risk_per_trade;
mod vol_target;

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use atr::AtrRisk;
pub use kelly::Kelly;
pub use vol_target::VolTarget;

/// A rule from account and price to quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sizing {
    /// The same quantity every time.
    FixedQuantity(Decimal),
    /// The same amount of money every time.
    FixedNotional(Decimal),
    /// This share of the equity (0 to 1).
    PercentEquity(Decimal),
    /// What is missing to this share of the equity, or too much. A signal's `TargetQuantity` goes before its
    /// `TargetWeight`, and that before this share.
    TargetWeight(Decimal),
    /// This share of the equity is lost if the signal's `StopPrice` is reached.
    RiskPerTrade(Decimal),
    /// The share of the equity that has a wanted volatility.
    VolTarget(VolTarget),
    /// A share of the equity is lost if the price moves by a multiple of its average true range.
    Atr(AtrRisk),
    /// The share of the equity that makes it grow fastest, or a fraction of that.
    Kelly(Kelly),
    /// The equity in this many equal parts.
    EqualWeight(u32),
}

/// What may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Cash plus market value.
    pub equity: Decimal,
    /// Cash that no open order has reserved; with margin, what may be opened.
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

/// What is known of the instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The price at which the wish proves wrong.
    pub stop: Option<Decimal>,
    /// Whether it would be sold short.
    pub short: bool,
    /// Average true range.
    pub atr: Option<Decimal>,
    /// Standard deviation of returns, a year.
    pub volatility: Option<Decimal>,
}

/// A quantity that may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// The quantity, a multiple of the lot.
    pub quantity: Decimal,
    /// The most that it may cost as a BUY, fees included: reserved until the order is done.
    pub max_notional: Decimal,
}

/// Why nothing is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied(pub &'static str);

impl From<Inexact> for Denied {
    fn from(_: Inexact) -> Self {
        Self("amount_inexact")
    }
}

/// Below one lot, or beyond the cash.
pub(crate) const BELOW_MINIMUM: Denied = Denied("below_minimum");

/// What a model asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A quantity.
    Quantity(Decimal),
    /// What so much money buys.
    Money(Decimal),
}

impl Sizing {
    /// What to open at `price`, rounded down to the lot.
    ///
    /// # Errors
    /// The reason code of a denial: `below_minimum` below one lot or beyond the cash, `amount_inexact` when an amount
    /// does not fit or the price is not above zero, others when the model lacks what it needs.
    pub fn purchase(
        self,
        means: Means,
        price: Decimal,
        terms: Terms,
        facts: Facts,
    ) -> Result<Purchase, Denied> {
        let unit = with_fee(price, terms.fee_bps)?;
        let wanted = match self.ask(means, price, facts)? {
            Ask::Quantity(wanted) => exact::floor_to(wanted, terms.lot)?,
            Ask::Money(budget) => exact::div_floor_to(budget, unit, terms.lot)?,
        };
        let affordable = exact::div_floor_to(means.free_cash, unit, terms.lot)?;
        let quantity = match self {
            Self::FixedQuantity(_) if wanted > affordable => return Err(BELOW_MINIMUM),
            _ => wanted.min(affordable),
        };
        if quantity.is_zero() {
            return Err(BELOW_MINIMUM);
        }
        let max_notional = match self {
            Self::PercentEquity(share) => exact::mul(share, means.equity)?,
            _ => with_gap(exact::mul(quantity, unit)?, terms)?,
        };
        Ok(Purchase {
            quantity,
            max_notional: max_notional.min(means.free_cash),
        })
    }

    /// What the model asks for, before cash and lot.
    pub(crate) fn ask(self, means: Means, price: Decimal, facts: Facts) -> Result<Ask, Denied> {
        Ok(match self {
            Self::FixedQuantity(quantity) => Ask::Quantity(quantity),
            Self::FixedNotional(money) => Ask::Money(money),
            Self::PercentEquity(share) | Self::TargetWeight(share) => {
                Ask::Money(exact::mul(share, means.equity)?)
            }
            Self::RiskPerTrade(share) => {
                Ask::Quantity(risk_per_trade::quantity(share, means, price, facts)?)
            }
            Self::VolTarget(model) => Ask::Money(model.budget(means, facts)?),
            Self::Atr(model) => Ask::Quantity(model.quantity(means, facts)?),
            Self::Kelly(model) => Ask::Money(model.budget(means)?),
            Self::EqualWeight(parts) => Ask::Money(exact::mul_div(
                means.equity,
                Decimal::ONE,
                Decimal::from(parts),
            )?),
        })
    }

    /// How many bars the model looks back on; `None` if on none.
    #[must_use]
    pub const fn bars(self) -> Option<u32> {
        match self {
            Self::VolTarget(model) => Some(model.bars),
            Self::Atr(model) => Some(model.bars),
            _ => None,
        }
    }
}

/// `notional` plus its fee.
///
/// # Errors
/// [`Inexact`] when the amount does not fit.
pub fn with_fee(notional: Decimal, fee_bps: Decimal) -> Result<Decimal, Inexact> {
    exact::add(notional, exact::mul(notional, bps(fee_bps)?)?)
}

/// `notional` plus the room for the price to rise.
///
/// # Errors
/// [`Inexact`] when the amount does not fit.
pub fn with_gap(notional: Decimal, terms: Terms) -> Result<Decimal, Inexact> {
    let allowance = exact::add(Decimal::ONE, terms.gap_allowance)?;
    exact::mul(notional, allowance)
}

/// Basis points as a share.
fn bps(points: Decimal) -> Result<Decimal, Inexact> {
    exact::mul(points, Decimal::new(1, 4))
}
