//! The far ends of the returns.

use super::figure::{count, finite, ratio};
use super::moment::mean;

/// The point below which `percent` of a hundred of the values lie, between two values in proportion (type 7: numpy,
/// pandas, R), in the values' unit.
///
/// `None` for no values or a percentage above 100.
#[must_use]
pub fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    if values.is_empty() || percent > 100 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // In whole numbers: 0.05 · 140 is more than 7 in floating point, and a place more or less moves what comes after.
    let hundredths = (sorted.len() - 1) * percent;
    let (place, rest) = (hundredths / 100, hundredths % 100);
    let low = sorted[place];
    let high = sorted.get(place + 1).copied().unwrap_or(low);
    finite(low + (high - low) * (count(rest) / 100.0))
}

/// The value at risk: the 5th percentile of the returns, as a share, below zero for a loss.
///
/// `None` for no returns.
#[must_use]
pub fn value_at_risk(returns: &[f64]) -> Option<f64> {
    percentile(returns, 5)
}

/// The expected shortfall (CVaR): the mean of the returns at or below [`value_at_risk`], as a share.
///
/// `None` for no returns.
#[must_use]
pub fn expected_shortfall(returns: &[f64]) -> Option<f64> {
    let limit = value_at_risk(returns)?;
    let worst: Vec<f64> = returns.iter().copied().filter(|r| *r <= limit).collect();
    mean(&worst)
}

/// The tail ratio: the size of the 95th percentile by that of the 5th; above one where gains reach further than losses.
///
/// `None` for no returns or where the 5th percentile is zero.
#[must_use]
pub fn tail_ratio(returns: &[f64]) -> Option<f64> {
    ratio(
        percentile(returns, 95)?.abs(),
        percentile(returns, 5)?.abs(),
    )
}
