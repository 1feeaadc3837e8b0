//! What has changed between two reports.

use std::collections::BTreeMap;

use super::{CheckResult, Report, Verdict};

/// One check whose verdict is another now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The check's id.
    pub id: String,
    /// What it was; nothing where it was not judged.
    pub before: Option<Verdict>,
    /// What it is; nothing where it is not judged.
    pub now: Option<Verdict>,
}

impl Change {
    /// Whether something that was good, or not there, is bad now; what was good and is not looked at any more is worse, too.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let was_good = self.before.is_none_or(Verdict::is_good);
        match (self.before, self.now) {
            (Some(_), None) => was_good,
            (_, now) => was_good && now.is_some_and(|verdict| !verdict.is_good()),
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |verdict: Option<Verdict>| verdict.map_or("not judged", Verdict::word);
        let mark = if self.is_worse() { "worse" } else { "     " };
        let (before, now) = (word(self.before), word(self.now));
        write!(f, "{mark} {:<8} {before} → {now}", self.id)
    }
}

/// The checks whose verdicts differ, by id.
#[must_use]
pub fn diff(before: &Report, now: &Report) -> Vec<Change> {
    fn verdicts(report: &Report) -> BTreeMap<&str, Verdict> {
        let of = |check: &'_ CheckResult| check.verdict;
        report
            .checks
            .iter()
            .map(|check| (check.id.as_str(), of(check)))
            .collect()
    }
    let (old, new) = (verdicts(before), verdicts(now));
    let ids: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    ids.into_iter()
        .map(|id| Change {
            id: id.to_owned(),
            before: old.get(id).copied(),
            now: new.get(id).copied(),
        })
        .filter(|change| change.before != change.now)
        .collect()
}
