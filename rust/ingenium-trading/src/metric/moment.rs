//! Moments of returns: mean, deviation, skew, kurtosis.

use super::figure::{count, finite};

/// Below this share of the largest growth factor, a deviation is rounding: returns come from quotients near one, each
/// off by up to 2^-53, so equal returns differ by some 1e-16.
const NOISE: f64 = 1e-14;

/// The mean; `None` for no values.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    finite(values.iter().sum::<f64>() / count(values.len()))
}

/// The sample standard deviation (n − 1 below the line), in the values' unit.
///
/// Zero where the values differ by no more than rounding; `None` for fewer than two.
#[must_use]
pub fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let sum = central(values, 2)?;
    let deviation = finite((sum / count(values.len() - 1)).sqrt())?;
    Some(if is_noise(deviation, values) {
        0.0
    } else {
        deviation
    })
}

/// Skew, corrected for bias (G1, as pandas, quantstats and spreadsheets have it): negative where the long tail is of
/// losses.
///
/// `None` for fewer than three values or where all are the same.
#[must_use]
pub fn skew(values: &[f64]) -> Option<f64> {
    if values.len() < 3 || deviation(values)? == 0.0 {
        return None;
    }
    let n = count(values.len());
    let (m2, m3) = (central(values, 2)? / n, central(values, 3)? / n);
    finite(m3 / (m2 * m2.sqrt()) * (n * (n - 1.0)).sqrt() / (n - 2.0))
}

/// Excess kurtosis, corrected for bias (G2, as pandas, quantstats and spreadsheets have it): zero for normal returns,
/// above zero for fat tails.
///
/// `None` for fewer than four values or where all are the same.
#[must_use]
pub fn kurtosis(values: &[f64]) -> Option<f64> {
    if values.len() < 4 || deviation(values)? == 0.0 {
        return None;
    }
    let n = count(values.len());
    let (m2, m4) = (central(values, 2)? / n, central(values, 4)? / n);
    let biased = m4 / (m2 * m2) - 3.0;
    finite((n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * biased + 6.0))
}

/// Whether `spread` is no more than what rounding leaves of `values` that are equal.
pub(super) fn is_noise(spread: f64, values: &[f64]) -> bool {
    let largest = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    spread <= NOISE * (1.0 + largest)
}

/// The sum of the `power`th powers of the distances from the mean.
fn central(values: &[f64], power: i32) -> Option<f64> {
    let mean = mean(values)?;
    finite(values.iter().map(|v| (v - mean).powi(power)).sum())
}
