//! How much was at stake, and how much was moved.

use super::figure::{count, finite, ratio};
use super::moment::mean;

/// The share (0 to 1) of points with any position, by their gross market value.
///
/// `None` for no points.
#[must_use]
pub fn time_in_market(gross: &[f64]) -> Option<f64> {
    let invested = gross.iter().filter(|value| **value != 0.0).count();
    ratio(count(invested), count(gross.len()))
}

/// The mean of market value by equity: gross (`Σ|q·mark|`, 0 for cash, above 1 with leverage) or net (`Σ q·mark`,
/// negative where short).
///
/// `None` for no points, or where an equity is zero or less.
#[must_use]
pub fn mean_exposure(value: &[f64], equity: &[f64]) -> Option<f64> {
    let shares: Option<Vec<f64>> = value
        .iter()
        .zip(equity)
        .map(|(value, equity)| (*equity > 0.0).then(|| ratio(*value, *equity))?)
        .collect();
    mean(&shares?)
}

/// Half of what was `traded` (the sum of all fills' notionals) by the mean equity, a year: 1 is the whole portfolio
/// once a year.
///
/// `None` for no time, or where the mean equity is zero or less.
#[must_use]
pub fn turnover(traded: f64, equity: &[f64], years: f64) -> Option<f64> {
    let equity = mean(equity).filter(|mean| *mean > 0.0)?;
    if years <= 0.0 {
        return None;
    }
    finite(traded / 2.0 / equity / years)
}
