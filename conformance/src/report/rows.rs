//! The rows of a check about brokers: three verdicts each, and the one that counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckResult, Verdict, Violation};

/// How many violations a check shows of its rows.
const SHOWN: usize = 3;

/// One row's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowResult {
    /// The row, such as `BRK-03/F1`.
    pub id: String,
    /// What was looked at.
    pub title: String,
    /// What it came to for the class under judgement.
    pub verdict: Verdict,
    /// Whether it is as Knative's specification has it; INFO where that says nothing.
    pub spec: Verdict,
    /// Whether it is as Knative's broker on Kafka does it.
    pub kafka: Verdict,
    /// Whether it is as Knative's broker on channels does it.
    pub mt: Verdict,
    /// Why it was not judged, or why its failure is expected.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What was seen instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
}

impl CheckResult {
    /// A check is as good as the worst of its rows.
    pub(crate) fn sum_up(&mut self) {
        const WORST_FIRST: [Verdict; 6] = [
            Verdict::Fail,
            Verdict::Stale,
            Verdict::Warn,
            Verdict::Xfail,
            Verdict::Pass,
            Verdict::Info,
        ];
        let worst = WORST_FIRST
            .into_iter()
            .find(|verdict| self.rows.iter().any(|row| row.verdict == *verdict));
        self.verdict = worst.unwrap_or(Verdict::Skip);
        let judged = |row: &&RowResult| !matches!(row.verdict, Verdict::Skip | Verdict::Info);
        self.judged = self.rows.iter().filter(judged).count();
        let bad = |row: &&RowResult| {
            matches!(row.verdict, Verdict::Fail | Verdict::Stale | Verdict::Warn)
        };
        let violations: Vec<Violation> = self
            .rows
            .iter()
            .filter(bad)
            .map(|row| match row.violations.first() {
                Some(first) => Violation {
                    message: format!("{}, {}: {}", row.id, row.title, first.message),
                    bytes: first.bytes.clone(),
                },
                None => Violation::shown(format!("{}: {}", row.id, row.reason), ""),
            })
            .collect();
        self.violations_in_all = if violations.len() > SHOWN {
            violations.len()
        } else {
            0
        };
        self.violations = violations.into_iter().take(SHOWN).collect();
        self.reason = match self.verdict {
            Verdict::Skip => self
                .rows
                .first()
                .map(|row| row.reason.clone())
                .unwrap_or_default(),
            Verdict::Info => "nobody asks for anything; what was seen is recorded".to_owned(),
            _ => String::new(),
        };
    }
}
