//! How likely a Sharpe ratio is more than luck (Bailey and López de Prado).
//!
//! D. H. Bailey, M. López de Prado: The Sharpe Ratio Efficient Frontier (2012); The Deflated Sharpe Ratio (2014). All
//! Sharpe ratios here are per period, not annualised, and kurtosis is in excess of the normal distribution's 3.

use std::f64::consts::{E, EULER_GAMMA};

use super::figure::{count, finite, ratio};
use super::normal;

/// What an estimate of a Sharpe ratio was made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate: mean over deviation of excess returns.
    pub sharpe: f64,
    /// Skew of the returns.
    pub skew: f64,
    /// Excess kurtosis of the returns.
    pub kurtosis: f64,
    /// The number of returns.
    pub n: usize,
}

/// The probability (0 to 1) that the true Sharpe ratio is above `threshold`:
/// `Φ((S − threshold)·√(n − 1) / √(1 − skew·S + (kurtosis + 2)/4·S²))`.
///
/// `None` for fewer than two returns, or where no distribution has such a skew and kurtosis.
#[must_use]
pub fn probabilistic_sharpe(estimate: Estimate, threshold: f64) -> Option<f64> {
    let Estimate {
        sharpe,
        skew,
        kurtosis,
        n,
    } = estimate;
    let spread = 1.0 - skew * sharpe + (kurtosis + 2.0) / 4.0 * sharpe * sharpe;
    if n < 2 || spread <= 0.0 {
        return None;
    }
    let distance = ratio(
        (sharpe - threshold) * count(n - 1).sqrt(),
        finite(spread)?.sqrt(),
    )?;
    finite(normal::below(distance))
}

/// The Sharpe ratio that the best of `trials` without any skill is expected to show, if their ratios have this
/// `variance`: `√V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)))`. Zero for a single trial.
///
/// `None` for no trials or a variance below zero.
#[must_use]
pub fn expected_maximum(trials: u32, variance: f64) -> Option<f64> {
    if trials == 0 || variance < 0.0 {
        return None;
    }
    if trials == 1 {
        return Some(0.0);
    }
    let n = f64::from(trials);
    let (first, second) = (normal::above(1.0 / n)?, normal::above(1.0 / (n * E))?);
    finite(variance.sqrt() * ((1.0 - EULER_GAMMA) * first + EULER_GAMMA * second))
}

/// The deflated Sharpe ratio: the probability (0 to 1) that the true Sharpe ratio is above zero although it is the best
/// of `trials`, i.e. [`probabilistic_sharpe`] against [`expected_maximum`].
///
/// Without the `variance` of the trials' ratios it is `1/(n − 1)`: what estimates differ by if no trial has skill. The
/// trials count as independent. `None` as those two.
#[must_use]
pub fn deflated_sharpe(estimate: Estimate, trials: u32, variance: Option<f64>) -> Option<f64> {
    let luck = match variance {
        Some(variance) => variance,
        None => ratio(1.0, count(estimate.n.checked_sub(1)?))?,
    };
    probabilistic_sharpe(estimate, expected_maximum(trials, luck)?)
}
