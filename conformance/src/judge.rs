//! From evidence to verdicts.

use crate::case::{Case, Level};
use crate::check::{self, Evidence};
use crate::report::{CheckResult, Verdict, Violation};
use crate::scene::Scene;

/// How many violations a check shows; more of the same help nobody.
const SHOWN: usize = 3;

/// Judges one case.
pub(crate) fn judge(
    case: &Case,
    scene: &Scene,
    evidence: &Evidence<'_>,
    strict: bool,
) -> CheckResult {
    let outcome = check::judge(&case.expect, scene, evidence);
    let level = match case.level {
        Level::Should if strict => Level::Must,
        level => level,
    };
    let verdict = if scene.harness.is_some() {
        Verdict::Harness
    } else if level == Level::Info {
        Verdict::Info
    } else if !outcome.failures.is_empty() {
        if level == Level::Must {
            Verdict::Fail
        } else {
            Verdict::Warn
        }
    } else if !scene.missed.is_empty() {
        Verdict::Inconclusive
    } else if outcome.judged == 0 {
        // A condition that never occurred is fine only where events flowed at all.
        if case.conditional && evidence.has_life() {
            Verdict::NotExercised
        } else {
            Verdict::Inconclusive
        }
    } else if outcome.warnings.is_empty() {
        Verdict::Pass
    } else if strict {
        Verdict::Fail
    } else {
        Verdict::Warn
    };
    let reason = match verdict {
        Verdict::Harness => scene.harness.clone().unwrap_or_default(),
        Verdict::Inconclusive if !scene.missed.is_empty() => {
            format!("waited in vain for {}", scene.missed.join(", then "))
        }
        Verdict::Inconclusive => "the component emitted nothing that could be judged".to_owned(),
        Verdict::NotExercised => "nothing that it emitted concerns this check".to_owned(),
        _ => String::new(),
    };
    let mut violations = outcome.failures;
    violations.extend(outcome.warnings);
    let in_all = violations.len();
    result(
        case,
        verdict,
        outcome.judged,
        violations,
        in_all,
        reason,
        outcome.measured,
    )
}

/// A check that is not judged, and why.
pub(crate) fn set_aside(case: &Case, verdict: Verdict, reason: &str) -> CheckResult {
    result(
        case,
        verdict,
        0,
        Vec::new(),
        0,
        reason.to_owned(),
        Vec::new(),
    )
}

/// A check's result; of all its violations the first are shown.
pub(crate) fn result(
    case: &Case,
    verdict: Verdict,
    judged: usize,
    mut violations: Vec<Violation>,
    in_all: usize,
    reason: String,
    measured: Vec<String>,
) -> CheckResult {
    violations.truncate(SHOWN);
    CheckResult {
        id: case.id.clone(),
        title: case.title.clone(),
        level: case.level,
        profile: case.profile,
        verdict,
        judged,
        violations,
        violations_in_all: if in_all > SHOWN { in_all } else { 0 },
        reason,
        measured,
        rows: Vec::new(),
        hint: if matches!(
            verdict,
            Verdict::Pass | Verdict::Info | Verdict::Skip | Verdict::NotExercised
        ) {
            String::new()
        } else {
            case.hint.clone()
        },
        repeat: String::new(),
    }
}
