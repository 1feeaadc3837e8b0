//! Returns against those of a benchmark over the same points.
//!
//! Each function takes pairs `(own return, benchmark's return)`.

use super::figure::{finite, ratio};
use super::growth::compounded;
use super::moment::{deviation, mean};
use super::sharpe::nonzero;

/// The own return and the benchmark's over the same period, as shares.
pub type Pair = (f64, f64);

/// The slope of own returns over the benchmark's: covariance by variance; without unit. A constant risk-free rate
/// leaves it alone.
///
/// `None` for fewer than two pairs or where the benchmark's returns are all the same.
#[must_use]
pub fn beta(pairs: &[Pair]) -> Option<f64> {
    let (own, other): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    nonzero(deviation(&other)?)?;
    let (own_mean, other_mean) = (mean(&own)?, mean(&other)?);
    let covariance: f64 = pairs
        .iter()
        .map(|(r, b)| (r - own_mean) * (b - other_mean))
        .sum();
    let variance: f64 = other
        .iter()
        .map(|b| (b - other_mean) * (b - other_mean))
        .sum();
    ratio(covariance, variance)
}

/// Jensen's alpha a year, as a share: `(1 + mean((r − f) − β·(b − f)))^P − 1` with the risk-free rate `f` a period
/// (empyrical).
///
/// `None` as [`beta`], or where the mean loses more than everything.
#[must_use]
pub fn alpha(pairs: &[Pair], rate: f64, periods_per_year: f64) -> Option<f64> {
    let beta = beta(pairs)?;
    let over: Vec<f64> = pairs
        .iter()
        .map(|(r, b)| (r - rate) - beta * (b - rate))
        .collect();
    compounded(1.0 + mean(&over)?, 1, periods_per_year)
}

/// The sample deviation of own returns less the benchmark's, times `√P`: a share a year.
///
/// `None` for fewer than two pairs.
#[must_use]
pub fn tracking_error(pairs: &[Pair], periods_per_year: f64) -> Option<f64> {
    finite(deviation(&active(pairs))? * periods_per_year.sqrt())
}

/// The mean of own returns less the benchmark's by their deviation, times `√P`; without unit. Annualised as the Sharpe
/// ratio is (quantstats and empyrical leave it per period).
///
/// `None` for fewer than two pairs or where the differences are all the same.
#[must_use]
pub fn information_ratio(pairs: &[Pair], periods_per_year: f64) -> Option<f64> {
    let active = active(pairs);
    let per_period = ratio(mean(&active)?, nonzero(deviation(&active)?)?)?;
    finite(per_period * periods_per_year.sqrt())
}

/// The own annualised return by the benchmark's, over the periods in which the benchmark rose; without unit
/// (empyrical). One is as much as the benchmark.
///
/// `None` where it never rose, or more was lost than everything.
#[must_use]
pub fn up_capture(pairs: &[Pair], periods_per_year: f64) -> Option<f64> {
    capture(pairs, |b| b > 0.0, periods_per_year)
}

/// [`up_capture`] over the periods in which the benchmark fell: one is to lose as much, below zero is to gain.
///
/// `None` where it never fell, or more was lost than everything.
#[must_use]
pub fn down_capture(pairs: &[Pair], periods_per_year: f64) -> Option<f64> {
    capture(pairs, |b| b < 0.0, periods_per_year)
}

fn capture(pairs: &[Pair], counts: fn(f64) -> bool, periods_per_year: f64) -> Option<f64> {
    let (mut n, mut own, mut other) = (0, 1.0, 1.0);
    for (r, b) in pairs.iter().filter(|(_, b)| counts(*b)) {
        n += 1;
        own *= 1.0 + r;
        other *= 1.0 + b;
    }
    let own = compounded(own, n, periods_per_year)?;
    ratio(own, nonzero(compounded(other, n, periods_per_year)?)?)
}

fn active(pairs: &[Pair]) -> Vec<f64> {
    pairs.iter().map(|(r, b)| r - b).collect()
}
