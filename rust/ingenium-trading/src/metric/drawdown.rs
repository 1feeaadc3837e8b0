//! Falls from a peak.

use super::figure::{count, finite, ratio};

/// A fall of the equity below its highest value so far. Places are indices into the equity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawdown {
    /// The deepest point against the peak, as a share below zero: −0.2 is a fall by a fifth.
    pub depth: f64,
    /// The last point at the peak.
    pub peak: usize,
    /// The first of the deepest points.
    pub trough: usize,
    /// The first point back at the peak or above, `None` where the equity ends below.
    pub recovery: Option<usize>,
}

/// Each point against the highest so far, as a share of zero or less.
///
/// `None` for no points or where the first is zero or less.
#[must_use]
pub fn underwater(equity: &[f64]) -> Option<Vec<f64>> {
    let mut highest = *equity.first().filter(|first| **first > 0.0)?;
    equity
        .iter()
        .map(|value| {
            highest = highest.max(*value);
            ratio(value - highest, highest)
        })
        .collect()
}

/// The drawdowns in the order of time.
///
/// `None` as [`underwater`].
#[must_use]
pub fn drawdowns(equity: &[f64]) -> Option<Vec<Drawdown>> {
    let mut found: Vec<Drawdown> = Vec::new();
    let mut open: Option<Drawdown> = None;
    for (place, depth) in underwater(equity)?.into_iter().enumerate() {
        open = match open {
            Some(fall) if depth == 0.0 => {
                found.push(Drawdown {
                    recovery: Some(place),
                    ..fall
                });
                None
            }
            Some(fall) if depth < fall.depth => Some(Drawdown {
                depth,
                trough: place,
                ..fall
            }),
            None if depth < 0.0 => Some(Drawdown {
                depth,
                // The first point is its own peak, so a fall has a point before it.
                peak: place.saturating_sub(1),
                trough: place,
                recovery: None,
            }),
            other => other,
        };
    }
    found.extend(open);
    Some(found)
}

/// The `most` deepest drawdowns, deepest first, the earlier first among equals.
#[must_use]
pub fn deepest(mut drawdowns: Vec<Drawdown>, most: usize) -> Vec<Drawdown> {
    drawdowns.sort_by(|a, b| a.depth.total_cmp(&b.depth).then(a.peak.cmp(&b.peak)));
    drawdowns.truncate(most);
    drawdowns
}

/// The maximum drawdown: `min(E / highest so far − 1)`, as a share of zero or less; zero where the equity never falls.
///
/// `None` as [`underwater`].
#[must_use]
pub fn max_drawdown(equity: &[f64]) -> Option<f64> {
    Some(underwater(equity)?.into_iter().fold(0.0, f64::min))
}

/// The Ulcer index: the root of the mean square of [`underwater`], over all points, as a share of zero or more.
///
/// `None` as [`underwater`].
#[must_use]
pub fn ulcer(equity: &[f64]) -> Option<f64> {
    let depths = underwater(equity)?;
    let squares: f64 = depths.iter().map(|depth| depth * depth).sum();
    finite((squares / count(depths.len())).sqrt())
}

/// The mean depth of the drawdowns, as a share below zero.
///
/// `None` for none.
#[must_use]
pub fn average_drawdown(drawdowns: &[Drawdown]) -> Option<f64> {
    let sum: f64 = drawdowns.iter().map(|fall| fall.depth).sum();
    ratio(sum, count(drawdowns.len()))
}

/// The Calmar ratio: growth a year by the size of the maximum drawdown; without unit.
///
/// `None` where the equity never falls.
#[must_use]
pub fn calmar(cagr: f64, max_drawdown: f64) -> Option<f64> {
    if max_drawdown == 0.0 {
        return None;
    }
    ratio(cagr, max_drawdown.abs())
}
