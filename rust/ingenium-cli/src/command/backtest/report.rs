//! report.json: what a run came to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::observe::{Counts, Outcome};
use super::plan::Plan;

/// The report of a backtest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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
}

impl Report {
    pub(crate) fn new(plan: &Plan, outcome: &Outcome) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            plan: plan.clone(),
            fingerprint: outcome.fingerprint.clone(),
            counts: outcome.counts,
            cash: outcome.cash.normalize().to_string(),
            equity: outcome.equity.normalize().to_string(),
        }
    }
}
