//! Relative strength index with Wilder's smoothing.

use std::cmp::Ordering;

use ingenium_types::exact;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::mean::smooth;

/// RSI over `n` changes: seeded with the mean of the first `n`, then `(previous·(n−1) + change) / n`.
///
/// The value is `100·gain / (gain + loss)`, and 50 where both are zero. It is compared with a level without
/// dividing: the usual form `100 − 100/(1 + gain/loss)` rounds just where a crossing is decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rsi {
    changes: u32,
    last_close: Option<Decimal>,
    gain: Decimal,
    loss: Decimal,
}

impl Rsi {
    /// Takes the next close; afterwards [`is_ready`](Self::is_ready) once `n` changes were seen.
    ///
    /// Returns `None`, and changes nothing, if the averages leave the range of a decimal.
    #[must_use]
    pub fn update(&mut self, close: Decimal, n: u32) -> Option<()> {
        let Some(last) = self.last_close else {
            self.last_close = Some(close);
            return Some(());
        };
        let change = exact::sub(close, last).ok()?;
        let (up, down) = if change.is_sign_negative() {
            (Decimal::ZERO, -change)
        } else {
            (change, Decimal::ZERO)
        };
        let (gain, loss) = (
            self.smooth(self.gain, up, n)?,
            self.smooth(self.loss, down, n)?,
        );
        *self = Self {
            changes: self.changes.saturating_add(1),
            last_close: Some(close),
            gain,
            loss,
        };
        Some(())
    }

    /// Whether enough changes were seen for a value.
    #[must_use]
    pub const fn is_ready(&self, n: u32) -> bool {
        self.changes >= n
    }

    /// The value against `level` (0 to 100).
    #[must_use]
    pub fn compare(&self, level: Decimal) -> Ordering {
        if exact::compare(level, Decimal::ONE_HUNDRED).is_gt() {
            return Ordering::Less;
        }
        if self.gain.is_zero() && self.loss.is_zero() {
            return Decimal::from(50).cmp(&level);
        }
        // 100·gain against level·(gain + loss), that is (100 − level)·gain against level·loss.
        let Ok(rest) = exact::sub(Decimal::ONE_HUNDRED, level) else {
            return self.value().cmp(&level); // a level of more than 26 decimals, or one far below zero
        };
        exact::compare_products((rest, self.gain), (level, self.loss))
    }

    /// The value, rounded as decimals divide, for people to look at.
    #[must_use]
    pub fn value(&self) -> Decimal {
        match self.gain.checked_add(self.loss) {
            Some(both) if !both.is_zero() => Decimal::ONE_HUNDRED * (self.gain / both),
            _ => Decimal::from(50),
        }
    }

    /// While seeding the average is of `n` slots of which some are still empty: the sum over `n`.
    fn smooth(&self, average: Decimal, change: Decimal, n: u32) -> Option<Decimal> {
        if self.changes >= n {
            return smooth(average, change, n);
        }
        // The seed is a plain mean: kept as a sum until the last change, then divided once.
        let sum = average.checked_add(change)?;
        if self.changes.saturating_add(1) == n {
            smooth(Decimal::ZERO, sum, n)
        } else {
            Some(sum)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(closes: &[&str], n: u32) -> Rsi {
        let mut rsi = Rsi::default();
        for close in closes {
            rsi.update(close.parse().expect("a decimal"), n)
                .expect("in range");
        }
        rsi
    }

    #[test]
    fn agrees_with_the_textbook_series() {
        let closes = "44.34 44.09 44.15 43.61 44.33 44.83 45.10 45.42 45.84 46.08 45.89 46.03 45.61 46.28 46.28 \
                      46.00 46.03 46.41 46.22 45.64";
        let closes: Vec<&str> = closes.split_whitespace().collect();
        assert!(!after(&closes[..14], 14).is_ready(14));
        let rsi = after(&closes[..15], 14);
        assert!(rsi.is_ready(14));
        assert_eq!(rsi.value().round_dp(9).to_string(), "70.464135021");
    }

    #[test]
    fn averages_that_no_decimal_holds_are_refused() {
        let mut rsi = Rsi::default();
        assert_eq!(rsi.update(-Decimal::MAX, 2), Some(()));
        assert_eq!(rsi.update(Decimal::MAX, 2), None, "the change");
        assert_eq!(rsi.update(Decimal::ZERO, 2), Some(()));
        assert_eq!(rsi.update(Decimal::MAX, 2), None, "the sum of the seed");
        assert_eq!(rsi.update(-Decimal::MAX, 2), Some(()));
        assert_eq!(rsi.compare(Decimal::from(30)), Ordering::Greater);
        assert_eq!(rsi.compare(Decimal::from(50)), Ordering::Equal);
        assert_eq!(rsi.compare(Decimal::MAX), Ordering::Less);
        assert_eq!(rsi.value(), Decimal::from(50));
    }

    #[test]
    fn levels_of_many_digits_are_compared_exactly() {
        let rsi = after(&["10", "11", "9"], 2);
        let level: Decimal = "33.33333333333333333333333333".parse().expect("a decimal");
        assert_eq!(rsi.compare(level), Ordering::Greater);
        assert_eq!(rsi.compare(level + Decimal::new(1, 20)), Ordering::Less);
    }

    #[test]
    fn a_flat_series_is_neutral() {
        let rsi = after(&["10"; 30], 14);
        assert_eq!(rsi.value(), Decimal::from(50));
        assert_eq!(rsi.compare(Decimal::from(30)), Ordering::Greater);
        assert_eq!(rsi.compare(Decimal::from(70)), Ordering::Less);
    }
}
