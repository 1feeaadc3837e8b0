//! Volatility of the last closes.

use std::collections::VecDeque;

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The standard deviation of the last returns from close to close, a year.
///
/// A return is `close / previous − 1`, rounded half to even to 12 decimals; the deviation is that of a sample (n − 1),
/// times the square root of the periods in a year, and has 12 decimals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Volatility {
    closes: VecDeque<Decimal>,
}

impl Volatility {
    /// Takes the next close.
    pub fn update(&mut self, close: Decimal, n: u32) {
        self.closes.push_back(close);
        // n returns need n + 1 closes.
        while self.closes.len() > n as usize + 1 {
            self.closes.pop_front();
        }
    }

    /// The value over `n` returns, n above 1, for `periods` of them a year; `None` while there are fewer.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit, or a close is not above zero.
    pub fn value(&self, n: u32, periods: u32) -> Result<Option<Decimal>, Inexact> {
        if n < 2 || self.closes.len() <= n as usize {
            return Ok(None);
        }
        let pairs = self.closes.iter().zip(self.closes.iter().skip(1));
        let returns = pairs
            .map(|(before, close)| {
                if *before <= Decimal::ZERO {
                    return Err(Inexact);
                }
                let growth = exact::mul_div(*close, Decimal::ONE, *before)?;
                exact::sub(growth, Decimal::ONE)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let sum = returns
            .iter()
            .try_fold(Decimal::ZERO, |sum, r| exact::add(sum, *r))?;
        let mean = exact::mul_div(sum, Decimal::ONE, Decimal::from(n))?;
        let squares = returns.iter().try_fold(Decimal::ZERO, |sum, r| {
            let deviation = exact::sub(*r, mean)?;
            exact::add(sum, exact::mul(deviation, deviation)?)
        })?;
        // Small variances keep their digits: the root is taken of 10^12 times the variance, and is 10^6 times too large.
        let scaled = exact::mul(Decimal::from(periods), Decimal::from(1_000_000_000_000_i64))?;
        let variance = exact::mul_div(squares, scaled, Decimal::from(n - 1))?;
        let root = exact::mul_div(sqrt(variance)?, Decimal::ONE, Decimal::from(1_000_000))?;
        Ok(Some(root))
    }
}

/// The square root, rounded half to even to 12 decimals.
///
/// # Errors
/// [`Inexact`] of a negative value, of one with more than 24 decimals, and of one of 3·10^14 or more.
pub fn sqrt(value: Decimal) -> Result<Decimal, Inexact> {
    let value = value.normalize();
    let mantissa = u128::try_from(value.mantissa()).map_err(|_| Inexact)?;
    // In units of 10^-12 the root is that of the value in units of 10^-24.
    let power = 24_u32.checked_sub(value.scale()).ok_or(Inexact)?;
    let square = 10_u128
        .checked_pow(power)
        .and_then(|ten| mantissa.checked_mul(ten));
    let square = square.ok_or(Inexact)?;
    let floor = square.isqrt();
    // Halfway lies between two squares, so there is no tie: (r + 1/2)^2 is no integer.
    let root = floor + u128::from(square - floor * floor > floor);
    let root = i128::try_from(root).map_err(|_| Inexact)?;
    let root = Decimal::try_from_i128_with_scale(root, exact::MONEY_SCALE).map_err(|_| Inexact)?;
    Ok(root.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_of_the_table() {
        for (value, expected) in [
            ("0", "0"),
            ("1", "1"),
            ("2", "1.414213562373"),
            ("0.0004", "0.02"),
            ("252", "15.874507866388"),
            ("0.000000000000000000000001", "0.000000000001"),
            ("299999999999999", "17320508.075688744068"),
        ] {
            let value: Decimal = value.parse().expect("a decimal");
            assert_eq!(
                sqrt(value).map(|root| root.to_string()),
                Ok(expected.to_owned())
            );
        }
        assert_eq!(sqrt(-Decimal::ONE), Err(Inexact));
        assert_eq!(sqrt(Decimal::MAX), Err(Inexact));
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let mut volatility = Volatility::default();
        for close in ["90", "100", "110", "99", "99"] {
            volatility.update(close.parse().expect("a decimal"), 3);
        }
        // Returns 0.1, -0.1 and 0: the sample deviation is 0.1.
        assert_eq!(volatility.value(3, 1), Ok(Some(Decimal::new(1, 1))));
        assert_eq!(volatility.value(3, 4), Ok(Some(Decimal::new(2, 1))));
        assert_eq!(volatility.value(4, 1), Ok(None));
    }
}
