//! What the trades have brought, each by its profit net of fees.
//!
//! A trade with no profit and no loss counts as a trade and as nothing else.

use super::figure::{count, ratio};
use super::moment::mean;

/// The share (0 to 1) of trades with a profit.
///
/// `None` for no trades.
#[must_use]
pub fn win_rate(profits: &[f64]) -> Option<f64> {
    ratio(count(wins(profits).len()), count(profits.len()))
}

/// The sum of profits by the size of the sum of losses; without unit, above one where trading paid.
///
/// `None` where there is no loss.
#[must_use]
pub fn profit_factor(profits: &[f64]) -> Option<f64> {
    let lost: f64 = losses(profits).iter().sum();
    if lost == 0.0 {
        return None;
    }
    // An empty sum of `f64` is −0.
    ratio(wins(profits).iter().sum::<f64>() + 0.0, lost.abs())
}

/// The mean profit by the size of the mean loss; without unit.
///
/// `None` where there is no profit or no loss.
#[must_use]
pub fn payoff(profits: &[f64]) -> Option<f64> {
    ratio(mean(&wins(profits))?, mean(&losses(profits))?.abs())
}

/// The mean profit of a trade, in the account's currency.
///
/// `None` for no trades.
#[must_use]
pub fn expectancy(profits: &[f64]) -> Option<f64> {
    mean(profits)
}

fn wins(profits: &[f64]) -> Vec<f64> {
    profits.iter().copied().filter(|p| *p > 0.0).collect()
}

fn losses(profits: &[f64]) -> Vec<f64> {
    profits.iter().copied().filter(|p| *p < 0.0).collect()
}
