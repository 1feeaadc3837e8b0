//! What a stream has shown of each check so far.

use crate::case::{Case, Level};
use crate::judge::{result, set_aside};
use crate::report::{CheckResult, Verdict, Violation};

/// So many violations of a check are kept; the others are counted.
const KEPT: usize = 3;

/// One check so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    judged: usize,
    failures: usize,
    warnings: usize,
    kept: Vec<Violation>,
    /// How many had been told.
    told: usize,
}

impl Tally {
    pub(super) fn judge(&mut self, times: usize) {
        self.judged += times;
    }

    /// A violation, which is only written out when it is among the first.
    pub(super) fn fail(&mut self, violation: impl FnOnce() -> Violation) {
        self.failures += 1;
        if self.kept.len() < KEPT {
            self.kept.push(violation());
        }
    }

    pub(super) fn warn(&mut self, violation: Violation) {
        self.warnings += 1;
        if self.kept.len() < KEPT {
            self.kept.push(violation);
        }
    }

    /// How many violations there are, and the last of those that are kept, when there are more than were told.
    pub(super) fn fresh(&mut self) -> Option<(usize, Option<&Violation>)> {
        let all = self.failures + self.warnings;
        if all == self.told {
            return None;
        }
        self.told = all;
        let last = self.kept.get(all - 1);
        Some((all, last))
    }

    pub(super) fn is_bad(&self) -> bool {
        self.failures > 0
    }

    /// The verdict.
    pub(super) fn result(self, case: &Case, strict: bool) -> CheckResult {
        let must = strict || case.level == Level::Must;
        let verdict = match (self.failures, self.warnings, self.judged) {
            _ if case.level == Level::Info => Verdict::Info,
            (1.., _, _) if must => Verdict::Fail,
            (0, 1.., _) if strict => Verdict::Fail,
            (0, 0, 0) => {
                return set_aside(
                    case,
                    Verdict::NotExercised,
                    "nothing in the stream concerns this check",
                );
            }
            (0, 0, _) => Verdict::Pass,
            _ => Verdict::Warn,
        };
        let in_all = self.failures + self.warnings;
        result(
            case,
            verdict,
            self.judged,
            self.kept,
            in_all,
            String::new(),
            Vec::new(),
        )
    }
}
