//! The report: what was judged, how, and what to do about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{Level, Role};

/// What a check came to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// A MUST is violated.
    Fail,
    /// A SHOULD is violated.
    Warn,
    /// The stimulus produced nothing to judge: counts as failure.
    Inconclusive,
    /// A conditional check whose condition never occurred.
    NotExercised,
    /// The runner's own stimulus was wrong: counts as failure.
    Harness,
}

impl Verdict {
    /// Whether a run with this verdict may be called conformant.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Pass | Self::Warn | Self::NotExercised)
    }

    /// The word that is printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::NotExercised => "NOT EXERCISED",
            Self::Harness => "HARNESS",
        }
    }
}

/// One check's result.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// The check's id.
    pub id: String,
    /// What holds when it passes.
    pub title: String,
    /// How much it weighs.
    pub level: Level,
    /// What it came to.
    pub verdict: Verdict,
    /// How many emissions or messages were judged.
    pub judged: usize,
    /// What was found instead, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

/// One violation, with the bytes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// What is wrong.
    pub message: String,
    /// The start of the offending request, or of the answer; control characters escaped.
    pub bytes: String,
}

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The contract's version.
    pub contract: String,
    /// The digest of the contract's schemas.
    pub contract_digest: String,
    /// The runner's version.
    pub runner: String,
    /// The role that was judged.
    pub role: Role,
    /// The command that was judged.
    pub command: Vec<String>,
    /// Requests that the component made.
    pub emissions: usize,
    /// Whether every check is good.
    pub conformant: bool,
    /// The checks.
    pub checks: Vec<CheckResult>,
}

impl Report {
    /// The report's JSON Schema.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}
