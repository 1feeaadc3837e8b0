//! report.json: what a run came to.

use ingenium_trading::metric::{OpenTrade, Point, Statistics};
use schemars::JsonSchema;
use serde::Serialize;

use super::observe::{Counts, Outcome};
use super::plan::Plan;

/// The report of a backtest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Backtest report", deny_unknown_fields)]
pub(crate) struct Report {
    /// Version of the program that made it.
    pub(crate) version: String,
    /// What was run.
    pub(crate) plan: Plan,
    /// Equal for two runs that said the same things at the same event times: `sha256:` and 64 hex digits.
    pub(crate) fingerprint: String,
    /// How many events of each kind there were.
    pub(crate) counts: Counts,
    /// Cash at the end, an exact decimal.
    pub(crate) cash: String,
    /// Cash and market value at the end, an exact decimal.
    pub(crate) equity: String,
    /// What is undefined is null.
    pub(crate) statistics: Statistics,
    /// Positions that the end of the run has left open.
    pub(crate) open: Vec<OpenTrade>,
    /// The last state of each UTC day with data.
    pub(crate) points: Vec<Point>,
}

impl Report {
    pub(crate) fn new(plan: &Plan, outcome: &Outcome) -> Self {
        let measured = &outcome.measured;
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            plan: plan.clone(),
            fingerprint: outcome.fingerprint.clone(),
            counts: outcome.counts,
            cash: measured.cash.normalize().to_string(),
            equity: measured.equity.normalize().to_string(),
            statistics: measured.outcome.statistics.clone(),
            open: measured.outcome.open.clone(),
            points: measured.outcome.points.clone(),
        }
    }
}
