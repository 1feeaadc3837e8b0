//! VOL_TARGET: the share of the equity that has a wanted volatility.

use ingenium_types::exact;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Denied, Facts, Means};

/// w = min(cap, target / σ), σ of the last returns from close to close, a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolTarget {
    /// The wanted volatility, a year.
    pub target: Decimal,
    /// The largest share of the equity.
    pub cap: Decimal,
    /// How many returns σ is of; above 1.
    pub bars: u32,
    /// How many bars a year has (252 days, 365 where there are no weekends).
    pub periods: u32,
}

impl VolTarget {
    pub(super) fn budget(self, means: Means, facts: Facts) -> Result<Decimal, Denied> {
        let volatility = facts.volatility.ok_or(Denied("too_few_bars"))?;
        let share = if volatility.is_zero() {
            self.cap
        } else {
            exact::mul_div(self.target, Decimal::ONE, volatility)?.min(self.cap)
        };
        Ok(exact::mul(share, means.equity)?)
    }
}
