//! Volatility, and return by volatility.

use super::figure::{finite, ratio};
use super::growth::{growth, periodic_rate};
use super::moment::{deviation, mean};

/// The sample deviation of returns times `√P`: volatility a year, as a share.
///
/// `None` for fewer than two returns.
#[must_use]
pub fn volatility(returns: &[f64], periods_per_year: f64) -> Option<f64> {
    finite(deviation(returns)? * periods_per_year.sqrt())
}

/// `returns` less the annual rate `risk_free` a period: what was earned by taking a risk.
///
/// `None` where the rate has no value a period.
#[must_use]
pub fn excess(returns: &[f64], risk_free: f64, periods_per_year: f64) -> Option<Vec<f64>> {
    let rate = periodic_rate(risk_free, periods_per_year)?;
    returns.iter().map(|r| finite(r - rate)).collect()
}

/// Mean over deviation of excess returns, not annualised: per period, without unit.
///
/// `None` for fewer than two returns or where all are the same.
#[must_use]
pub fn sharpe_per_period(excess: &[f64]) -> Option<f64> {
    ratio(mean(excess)?, nonzero(deviation(excess)?)?)
}

/// The Sharpe ratio: mean over deviation of returns in excess of the annual rate `risk_free`, times `√P`; without unit.
///
/// `None` for fewer than two returns or where all are the same.
#[must_use]
pub fn sharpe(returns: &[f64], risk_free: f64, periods_per_year: f64) -> Option<f64> {
    let excess = excess(returns, risk_free, periods_per_year)?;
    finite(sharpe_per_period(&excess)? * periods_per_year.sqrt())
}

/// `((1 + mean)^P − 1 − risk_free) / volatility`, as LEAN has it; without unit. For comparison only: it is not the
/// Sharpe ratio of the literature.
///
/// `None` for fewer than two returns, where all are the same, or where the mean loses more than everything.
#[must_use]
pub fn sharpe_geometric(returns: &[f64], risk_free: f64, periods_per_year: f64) -> Option<f64> {
    let annual = growth(1.0 + mean(returns)?, periods_per_year)?;
    ratio(
        annual - risk_free,
        nonzero(volatility(returns, periods_per_year)?)?,
    )
}

pub(super) fn nonzero(value: f64) -> Option<f64> {
    (value != 0.0).then_some(value)
}
