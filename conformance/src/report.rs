//! The report: what was judged, how, and what to do about it.

mod badge;
mod diff;
mod format;
mod github;
mod html;
mod junit;
mod rows;
mod sarif;
mod summary;

pub use diff::{Change, diff};
pub use format::{Format, write};
pub use github::{command_data, command_property};
pub use junit::junit_xml;
pub use rows::RowResult;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::{Level, Profile};
use crate::role::Role;

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
    /// Measured, never judged.
    Info,
    /// It does not apply to what the component declares.
    Skip,
    /// The stimulus produced nothing to judge: counts as failure.
    Inconclusive,
    /// A conditional check whose condition never occurred.
    NotExercised,
    /// It failed beside others and passed alone: counts as failure.
    Flaky,
    /// It fails, as the baseline says.
    Xfail,
    /// The baseline says that it fails, and it does not: counts as failure.
    Stale,
    /// The runner's own stimulus was wrong: counts as failure.
    Harness,
}

impl Verdict {
    /// Whether a run with this verdict may be called conformant.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(
            self,
            Self::Pass | Self::Warn | Self::Info | Self::Skip | Self::NotExercised | Self::Xfail
        )
    }

    /// The word that is printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Skip => "SKIP",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::NotExercised => "NOT EXERCISED",
            Self::Flaky => "FLAKY",
            Self::Xfail => "XFAIL",
            Self::Stale => "STALE",
            Self::Harness => "HARNESS",
        }
    }
}

/// One check's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// The check's id.
    pub id: String,
    /// What holds when it passes.
    pub title: String,
    /// How much it weighs.
    pub level: Level,
    /// The lowest profile that contains it.
    pub profile: Profile,
    /// What it came to.
    pub verdict: Verdict,
    /// How many emissions or messages were judged.
    pub judged: usize,
    /// What was found instead, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// How many there were in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub violations_in_all: usize,
    /// Why it was not judged, or why its failure is expected.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<String>,
    /// The rows of a check about brokers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowResult>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// The command that repeats this check alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeat: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// One violation, with the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// What is wrong.
    pub message: String,
    /// The start of the offending message; control characters escaped, line ends kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bytes: String,
}

/// The most characters of a message that are shown.
const SHOWN: usize = 1200;

impl Violation {
    /// A violation that shows the start of a text, with every control character escaped.
    #[must_use]
    pub fn shown(message: impl Into<String>, text: &str) -> Self {
        let message: String = message.into();
        Self {
            message: message
                .chars()
                .take(SHOWN)
                .flat_map(|c| {
                    if c == '\n' {
                        vec!['\\', 'n']
                    } else {
                        visible(c)
                    }
                })
                .collect(),
            bytes: text
                .replace("\r\n", "\n")
                .chars()
                .take(SHOWN)
                .flat_map(visible)
                .collect(),
        }
    }
}

/// A character of a text that stands in lines of its own and a terminal may be given: line ends stay, other controls and what turns text around are escaped.
fn visible(c: char) -> Vec<char> {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    if (c.is_control() && c != '\n') || turns {
        c.escape_default().collect()
    } else {
        vec![c]
    }
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A command.
    Command(Vec<String>),
    /// A component at a URL.
    Url(String),
    /// A recording.
    Recording(String),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Command(words) => f.write_str(&words.join(" ")),
            Self::Url(text) | Self::Recording(text) => f.write_str(text),
        }
    }
}

impl CheckResult {
    /// The family, such as `ENV`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }

    /// What came out, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.violations.first() {
            Some(violation) => violation.message.clone(),
            None if self.reason.is_empty() => self.title.clone(),
            None => self.reason.clone(),
        }
    }

    /// Everything that helps to find the fault, in lines.
    #[must_use]
    pub fn details(&self) -> String {
        let mut text = String::new();
        for violation in &self.violations {
            text.push_str(&format!("{}\n{}\n", violation.message, violation.bytes));
        }
        for (name, line) in [("fix", &self.hint), ("alone", &self.repeat)] {
            if !line.is_empty() {
                text.push_str(&format!("{name}: {line}\n"));
            }
        }
        text
    }
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The contract's version.
    pub contract: String,
    /// The digest of the contract's schemas.
    pub contract_digest: String,
    /// The runner's version.
    pub runner: String,
    /// The role that was judged.
    pub role: Role,
    /// What was judged.
    pub subject: Subject,
    /// The profile that was judged.
    pub profile: Profile,
    /// Whether SHOULD counted as MUST.
    pub strict: bool,
    /// What the run's ids and symbols follow from.
    pub seed: u64,
    /// When it began.
    pub started: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Events that the component emitted.
    pub emissions: usize,
    /// Deliveries that it was sent.
    pub deliveries: usize,
    /// Whether every check is good.
    pub conformant: bool,
    /// What may be claimed, such as `Ingenium 1.0 strategy L3`; nothing after a run that left checks out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The checks.
    pub checks: Vec<CheckResult>,
}

impl Report {
    /// The report's JSON Schema.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }

    /// How many checks are good, of those that count.
    #[must_use]
    pub fn score(&self) -> (usize, usize) {
        let counted = |check: &&CheckResult| {
            !matches!(
                check.verdict,
                Verdict::Skip | Verdict::Info | Verdict::NotExercised
            )
        };
        let all = self.checks.iter().filter(counted).count();
        let good = self
            .checks
            .iter()
            .filter(counted)
            .filter(|check| check.verdict.is_good())
            .count();
        (good, all)
    }
}
