//! Exponential moving average.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// EMA over `n` values: seeded with the mean of the first `n`, then `previous + 2·(value − previous) / (n + 1)`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ema {
    seen: u32,
    /// The sum while seeding, the average afterwards.
    average: Decimal,
}

impl Ema {
    /// Takes the next value; afterwards [`is_ready`](Self::is_ready) once `n` values were seen.
    ///
    /// Returns `None`, and changes nothing, if the average leaves the range of a decimal.
    #[must_use]
    pub fn update(&mut self, value: Decimal, n: u32) -> Option<()> {
        let seen = self.seen.saturating_add(1);
        let average = if self.seen < n {
            let sum = self.average.checked_add(value)?;
            if seen == n {
                sum.checked_div(Decimal::from(n))?
            } else {
                sum
            }
        } else {
            let step = value.checked_sub(self.average)?.checked_mul(Decimal::TWO)?;
            let share = step.checked_div(Decimal::from(n) + Decimal::ONE)?;
            self.average.checked_add(share)?
        };
        *self = Self { seen, average };
        Some(())
    }

    /// Whether enough values were seen for an average.
    #[must_use]
    pub const fn is_ready(&self, n: u32) -> bool {
        self.seen >= n
    }

    /// The average; while seeding, the sum so far.
    #[must_use]
    pub const fn value(&self) -> Decimal {
        self.average
    }
}
