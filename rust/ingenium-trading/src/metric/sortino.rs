//! Return by what falls short.

use super::figure::{count, finite, ratio};
use super::moment::{is_noise, mean};

/// The Sortino ratio: `mean(r − a) / √(Σ min(r − a, 0)² / n) · √P`, where `a` is the minimum acceptable return a period;
/// without unit. All n returns count below the line, not only those that fall short (empyrical, nautilus).
///
/// `None` for no returns or where none falls short.
#[must_use]
pub fn sortino(returns: &[f64], minimum_acceptable: f64, periods_per_year: f64) -> Option<f64> {
    let over: Vec<f64> = returns.iter().map(|r| r - minimum_acceptable).collect();
    let mean = mean(&over)?;
    let squares: f64 = over.iter().map(|r| r.min(0.0) * r.min(0.0)).sum();
    let downside = (squares / count(over.len())).sqrt();
    if is_noise(downside, returns) {
        return None;
    }
    finite(ratio(mean, downside)? * periods_per_year.sqrt())
}
