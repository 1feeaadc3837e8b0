//! Average true range with Wilder's smoothing.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::mean::smooth;

/// ATR over `n` true ranges: seeded with the mean of the first `n`, then `(previous·(n−1) + range) / n`.
///
/// The true range of a bar is the largest of `High − Low`, `|High − previous close|` and `|Low − previous close|`; the
/// first bar has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Atr {
    ranges: u32,
    last_close: Option<Decimal>,
    /// The sum while seeding, the average afterwards.
    average: Decimal,
}

impl Atr {
    /// Takes the next bar; afterwards [`is_ready`](Self::is_ready) once `n` ranges were seen.
    ///
    /// Returns `None`, and changes nothing, if the average leaves the range of a decimal.
    #[must_use]
    pub fn update(&mut self, high: Decimal, low: Decimal, close: Decimal, n: u32) -> Option<()> {
        let Some(last) = self.last_close else {
            self.last_close = Some(close);
            return Some(());
        };
        let range = high
            .checked_sub(low)?
            .max(high.checked_sub(last)?.abs())
            .max(low.checked_sub(last)?.abs());
        let ranges = self.ranges.saturating_add(1);
        let average = if self.ranges < n {
            let sum = self.average.checked_add(range)?;
            if ranges == n {
                smooth(Decimal::ZERO, sum, n)?
            } else {
                sum
            }
        } else {
            smooth(self.average, range, n)?
        };
        *self = Self {
            ranges,
            last_close: Some(close),
            average,
        };
        Some(())
    }

    /// Whether enough ranges were seen for an average.
    #[must_use]
    pub const fn is_ready(&self, n: u32) -> bool {
        self.ranges >= n
    }

    /// The average; while seeding, the sum so far.
    #[must_use]
    pub const fn value(&self) -> Decimal {
        self.average
    }
}
