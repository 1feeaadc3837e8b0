//! KELLY: the share of the equity that makes it grow fastest, or a fraction of that.

use ingenium_types::exact;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Denied, Means};

/// w = min(cap, f·(p − (1 − p)/b)); without an edge there is no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kelly {
    /// The fraction, f: 1 is full Kelly.
    pub fraction: Decimal,
    /// How often a trade wins, p, from 0 to 1.
    pub win_rate: Decimal,
    /// What a win gives for each unit that a loss takes, b; above 0.
    pub payoff: Decimal,
    /// The largest share of the equity.
    pub cap: Decimal,
}

impl Kelly {
    pub(super) fn budget(self, means: Means) -> Result<Decimal, Denied> {
        let loses = exact::sub(Decimal::ONE, self.win_rate)?;
        let against = exact::mul_div(loses, Decimal::ONE, self.payoff)?;
        let edge = exact::sub(self.win_rate, against)?;
        if edge <= Decimal::ZERO {
            return Err(Denied("no_edge"));
        }
        let share = exact::mul(self.fraction, edge)?.min(self.cap);
        Ok(exact::mul(share, means.equity)?)
    }
}
