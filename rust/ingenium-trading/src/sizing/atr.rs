//! ATR: lose a share of the equity if the price moves by a multiple of its average true range.

use ingenium_types::exact;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::risk_per_trade::divide;
use super::{Denied, Facts, Means};

/// r·E / (k·ATR).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtrRisk {
    /// The share of the equity, r.
    pub risk: Decimal,
    /// The multiple, k; above 0.
    pub multiple: Decimal,
    /// How many true ranges are averaged, with Wilder's smoothing; above 0.
    pub bars: u32,
}

impl AtrRisk {
    pub(super) fn quantity(self, means: Means, facts: Facts) -> Result<Decimal, Denied> {
        let atr = facts.atr.ok_or(Denied("too_few_bars"))?;
        // A price that has not moved says nothing about how far it will.
        let distance = exact::mul(self.multiple, exact::round(atr))?;
        if distance <= Decimal::ZERO {
            return Err(Denied("price_has_not_moved"));
        }
        divide(exact::mul(self.risk, means.equity)?, distance)
    }
}
