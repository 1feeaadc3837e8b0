//! Failures that are known, each with a reason, an issue and a day on which patience ends.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{CheckResult, Verdict};

/// A failure that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The check's id, or a row's: `DEL-09`, `BRK-03/F1`.
    pub id: String,
    /// Why it fails.
    pub reason: String,
    /// Where it is being mended.
    pub issue: String,
    /// The last day on which it may fail, such as `2026-12-31`.
    pub expires: String,
}

/// All failures that are known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The failures.
    pub known: Vec<Known>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// The file and what is wrong with it, in words.
    pub fn read(file: &Path) -> Result<Self, String> {
        let bad = |problem: String| format!("{}: {problem}", file.display());
        let text = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
        let baseline: Self =
            serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        for known in &baseline.known {
            let day: Option<ingenium_types::scalar::UtcTimestamp> =
                format!("{}T00:00:00Z", known.expires).parse().ok();
            if day.is_none() {
                let problem = format!(
                    "`{}` of {} is no day: write 2026-12-31",
                    known.expires, known.id
                );
                return Err(bad(problem));
            }
            if known.reason.trim().is_empty() || known.issue.trim().is_empty() {
                return Err(bad(format!("{} needs a reason and an issue", known.id)));
            }
        }
        Ok(baseline)
    }

    /// Turns known failures into XFAIL, and known failures that have gone into STALE. `today` is such as `2026-01-02`.
    pub(crate) fn apply(&self, checks: &mut [CheckResult], today: &str) {
        for check in checks {
            self.apply_to(&check.id, &mut check.verdict, &mut check.reason, today);
            if check.rows.is_empty() {
                continue;
            }
            for row in &mut check.rows {
                self.apply_to(&row.id, &mut row.verdict, &mut row.reason, today);
            }
            check.sum_up();
        }
    }

    fn apply_to(&self, id: &str, verdict: &mut Verdict, said: &mut String, today: &str) {
        let Some(known) = self.known.iter().find(|known| known.id == id) else {
            return;
        };
        let Known {
            reason,
            issue,
            expires,
            ..
        } = known;
        if verdict.is_good() && *verdict != Verdict::Warn {
            *verdict = Verdict::Stale;
            *said = format!(
                "the baseline says that it fails ({issue}), and it does not: remove the entry"
            );
        } else if expires.as_str() < today {
            *said = format!("the baseline expected this until {expires} ({issue}): {reason}");
        } else {
            *verdict = Verdict::Xfail;
            *said = format!("{reason} ({issue}, until {expires})");
        }
    }

    /// The file's JSON Schema.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}
