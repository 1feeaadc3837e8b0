//! How much the equity has grown.

use super::figure::{count, finite, ratio};

/// Days in a year, as LEAN and freqtrade count them.
const DAYS: f64 = 365.0;

/// The change from each point to the next, as a share of the former: one fewer than `equity` has points.
///
/// `None` with fewer than two points, and where an equity that is followed by another is zero or less: there is nothing
/// that a share could be of.
#[must_use]
pub fn returns(equity: &[f64]) -> Option<Vec<f64>> {
    if equity.len() < 2 {
        return None;
    }
    equity
        .windows(2)
        .map(|pair| {
            let (before, after) = (pair[0], pair[1]);
            // Not `after / before − 1`: the difference of two near numbers is exact, the quotient's is not.
            (before > 0.0).then(|| ratio(after - before, before))?
        })
        .collect()
}

/// `E_n / E_0 − 1`: the growth from the first point to the last, as a share.
///
/// `None` with fewer than two points or where the first is zero or less.
#[must_use]
pub fn total_return(equity: &[f64]) -> Option<f64> {
    let (first, last) = ends(equity)?;
    ratio(last - first, first)
}

/// Years of 365 days between two points that are `days` apart.
#[must_use]
pub fn years(days: f64) -> f64 {
    days / DAYS
}

/// `(E_n / E_0)^(1/years) − 1`: the growth a calendar year, as a share.
///
/// `None` with fewer than two points, where the first is zero or less or the last below zero, and for no time.
#[must_use]
pub fn cagr(equity: &[f64], years: f64) -> Option<f64> {
    if years <= 0.0 {
        return None;
    }
    let (first, last) = ends(equity)?;
    growth(last / first, 1.0 / years)
}

/// `(E_n / E_0)^(P/n) − 1`: the growth in `periods_per_year` returns of which there are n, as a share.
///
/// The definition of empyrical, quantstats and nautilus, which count points and not days. `None` as [`cagr`].
#[must_use]
pub fn annualized_return(equity: &[f64], periods_per_year: f64) -> Option<f64> {
    let (first, last) = ends(equity)?;
    compounded(last / first, equity.len() - 1, periods_per_year)
}

/// The growth in a year of which `n` periods grew by `factor`, as a share.
pub(super) fn compounded(factor: f64, n: usize, periods_per_year: f64) -> Option<f64> {
    if n == 0 || periods_per_year <= 0.0 {
        return None;
    }
    growth(factor, periods_per_year / count(n))
}

/// The rate a period that compounds to `annual` in a year of `periods_per_year`, as a share.
///
/// `None` where a year has no periods or loses more than everything.
#[must_use]
pub fn periodic_rate(annual: f64, periods_per_year: f64) -> Option<f64> {
    if periods_per_year <= 0.0 {
        return None;
    }
    growth(1.0 + annual, 1.0 / periods_per_year)
}

/// `factor^power − 1`; `None` for a factor below zero, which even powers would turn into a gain.
pub(super) fn growth(factor: f64, power: f64) -> Option<f64> {
    if factor < 0.0 {
        return None;
    }
    finite(libm::pow(factor, power) - 1.0)
}

fn ends(equity: &[f64]) -> Option<(f64, f64)> {
    match equity {
        [first, .., last] if *first > 0.0 => Some((*first, *last)),
        _ => None,
    }
}
