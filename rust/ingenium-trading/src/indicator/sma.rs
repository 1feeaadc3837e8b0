//! Simple moving average.

use std::cmp::Ordering;
use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The mean of the last `n` values, kept as their exact sum.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sma {
    values: VecDeque<Decimal>,
    sum: Decimal,
}

impl Sma {
    /// Takes the next value; afterwards [`is_ready`](Self::is_ready) once `n` values were seen.
    ///
    /// Returns `None`, and changes nothing, if the sum is no exact decimal.
    #[must_use]
    pub fn update(&mut self, value: Decimal, n: usize) -> Option<()> {
        let leaving = if self.values.len() >= n {
            self.values.front().copied()
        } else {
            None
        };
        let sum = ingenium_types::exact::add(self.sum, value).ok()?;
        let sum = ingenium_types::exact::sub(sum, leaving.unwrap_or_default()).ok()?;
        if leaving.is_some() {
            self.values.pop_front();
        }
        self.values.push_back(value);
        self.sum = sum;
        Some(())
    }

    /// Whether enough values were seen for a mean.
    #[must_use]
    pub fn is_ready(&self, n: usize) -> bool {
        self.values.len() >= n
    }

    /// This mean against another, without dividing: a quotient would round just where they cross.
    ///
    /// `None` if a product leaves the range of a decimal, or a mean is of nothing.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (ours, theirs) = (count(&self.values)?, count(&other.values)?);
        let left = ingenium_types::exact::mul(self.sum, theirs).ok()?;
        let right = ingenium_types::exact::mul(other.sum, ours).ok()?;
        Some(left.cmp(&right))
    }

    /// The mean, rounded as decimals divide; `None` of nothing.
    #[must_use]
    pub fn value(&self) -> Option<Decimal> {
        self.sum.checked_div(count(&self.values)?)
    }
}

fn count(values: &VecDeque<Decimal>) -> Option<Decimal> {
    (!values.is_empty()).then(|| Decimal::from(values.len()))
}
