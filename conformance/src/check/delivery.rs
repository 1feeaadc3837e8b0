//! What happens when the sink misbehaves, and when the process is to end: DEL.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use ingenium_runtime::backoff::is_retriable;

use super::{Evidence, Outcome};
use crate::emission::{Emission, Fate, Via};
use crate::journal::Delivery;
use crate::report::Violation;
use crate::scene::Scene;

/// An attempt that comes sooner after the one before it came without a wait.
const LEAST_WAIT: Duration = Duration::from_millis(5);

/// So many waits tell whether they grow.
const ENOUGH_WAITS: usize = 4;

/// Posts to the sink about the case's symbols, by event.
fn posts<'a>(
    scene: &Scene,
    evidence: &Evidence<'a>,
) -> BTreeMap<(String, String, String), Vec<&'a Emission>> {
    let mut posts: BTreeMap<_, Vec<&Emission>> = BTreeMap::new();
    let ours = evidence
        .emissions
        .iter()
        .filter(|one| one.instance == scene.instance && one.via == Via::Sink)
        .filter(|one| one.symbol().is_some_and(|symbol| scene.owns(&symbol)));
    for one in ours {
        // One id for different things is another check's business.
        if let (Some((source, id)), Some(symbol)) = (one.identity(), one.symbol()) {
            posts.entry((source, id, symbol)).or_default().push(one);
        }
    }
    posts
}

/// The events that the sink took, of all that the case's instance posted or replied.
fn taken(scene: &Scene, evidence: &Evidence<'_>) -> HashSet<(String, String)> {
    let ours = evidence
        .emissions
        .iter()
        .filter(|one| one.instance == scene.instance);
    ours.filter(|one| one.fate == Fate::Accepted)
        .filter_map(Emission::identity)
        .collect()
}

/// What the sink did, in words.
fn said(fate: Fate) -> String {
    match fate {
        Fate::Accepted => "took it".to_owned(),
        Fate::Answered(status) => format!("answered {status}"),
        Fate::Abandoned => "gave no answer".to_owned(),
    }
}

pub(super) fn retried(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for attempts in posts(scene, evidence).values() {
        let is_refused =
            |one: &&Emission| matches!(one.fate, Fate::Answered(status) if is_retriable(status));
        let Some(refused) = attempts.iter().rev().copied().find(is_refused) else {
            continue;
        };
        outcome.judged += 1;
        let last = attempts[attempts.len() - 1];
        if !attempts.iter().any(|one| one.fate == Fate::Accepted) {
            outcome.fail(refused.violation(format!(
                "the sink {}, and the event never came again",
                said(refused.fate)
            )));
            continue;
        }
        let waits: Vec<Duration> = attempts
            .windows(2)
            .map(|pair| pair[1].at.saturating_sub(pair[0].at))
            .collect();
        // Jitter shortens one or the other, and a busy machine stretches some: the half of them tell.
        let hasty = waits.iter().filter(|wait| **wait < LEAST_WAIT).count();
        if hasty > 0 && hasty * 2 >= waits.len() {
            let message = format!("it came again after {waits:?}: wait before a retry");
            outcome.fail(last.violation(message));
        }
        // A busy machine stretches any of them, and jitter halves them: one of the later ones has to be longer than one of
        // the early ones, and no more is asked. A false alarm costs more trust than a missed fault.
        let (early, late) = waits.split_at(waits.len() / 2);
        let shortest = early.iter().min().copied().unwrap_or_default();
        let longest = late.iter().max().copied().unwrap_or_default();
        if waits.len() >= ENOUGH_WAITS && longest * 2 < shortest * 3 {
            let message = format!("the waits between attempts do not grow: {waits:?}");
            outcome.fail(last.violation(message));
        }
    }
    outcome
}

pub(super) fn not_retried(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for attempts in posts(scene, evidence).values() {
        let final_answer = |one: &&&Emission| matches!(one.fate, Fate::Answered(status) if (400..500).contains(&status) && !is_retriable(status));
        let Some(refused) = attempts.iter().find(final_answer) else {
            continue;
        };
        outcome.judged += 1;
        if let Some(again) = attempts.iter().find(|one| one.number > refused.number) {
            outcome.fail(again.violation(format!(
                "the sink {}, and the event came again: such an answer never changes",
                said(refused.fate)
            )));
        }
    }
    outcome
}

pub(super) fn nothing_lost(effects: usize, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if evidence.emissions.is_empty() {
        return outcome;
    }
    let taken = taken(scene, evidence);
    let mut accepted = 0;
    for line in scene.lines.values() {
        let about = evidence.about(scene.instance, &line.symbol);
        outcome.judged += about.len();
        for one in about {
            if one
                .identity()
                .is_some_and(|identity| taken.contains(&identity))
            {
                accepted += 1;
            } else {
                outcome.fail(one.violation(format!(
                    "the sink {}, and it never came again",
                    said(one.fate)
                )));
            }
        }
    }
    if accepted < effects && outcome.failures.is_empty() {
        let acknowledged = evidence
            .deliveries
            .iter()
            .filter(|sent| sent.case == scene.case && sent.is_accepted())
            .count();
        outcome.judged += 1;
        outcome.fail(Violation::shown(
            format!(
                "{acknowledged} deliveries were acknowledged, {accepted} effects reached the sink, expected {effects}"
            ),
            "",
        ));
    }
    outcome
}

pub(super) fn in_order(letter: &str, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(symbol) = scene.symbol(letter) else {
        return outcome;
    };
    let mut newest: Option<(usize, &Emission)> = None;
    let mut seen: HashMap<usize, ()> = HashMap::new();
    for one in evidence.about(scene.instance, symbol) {
        let Some(cause) = evidence.cause(one) else {
            continue;
        };
        // A later emission of the same cause, such as a fill after its acknowledgement, may come in between.
        if seen.insert(cause.number, ()).is_some() {
            continue;
        }
        outcome.judged += 1;
        if let Some((before, _)) = newest
            && before > cause.number
        {
            outcome.fail(one.violation(format!(
                "its cause was delivered before the cause of the emission before it ({})",
                cause.about
            )));
        }
        newest = Some((cause.number, one));
    }
    outcome
}

pub(super) fn ended_well(scene: &Scene) -> Outcome {
    let mut outcome = Outcome::of(scene.ends.len());
    for ended in &scene.ends {
        use std::os::unix::process::ExitStatusExt as _;
        let Some(status) = ended.status else {
            outcome.fail(Violation::shown(
                "it did not end within 10 s of TERM and was killed",
                "",
            ));
            continue;
        };
        let code = status.code();
        if code == Some(0) {
            continue;
        }
        let words = match (code, status.signal()) {
            (Some(code), _) => format!("status {code}"),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => "no status".to_owned(),
        };
        let violation = Violation::shown(format!("it ended with {words}, expected status 0"), "");
        // 128 + SIGTERM is the habit of a virtual machine that ran its shutdown hooks.
        if code == Some(143) {
            outcome.warnings.push(violation);
        } else {
            outcome.fail(violation);
        }
    }
    outcome
}

pub(super) fn drained(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let caused = scene.attempts.iter().filter_map(|attempt| attempt.cause);
    for delivery in caused.filter_map(|cause| evidence.deliveries.get(cause)) {
        outcome.judged += 1;
        let answered = delivery.status().is_some();
        if !answered {
            outcome.fail(delivery.violation(
                "the request that was open at TERM got no answer: finish what you have, then end",
            ));
        }
    }
    let taken = taken(scene, evidence);
    let lines = scene.lines.values();
    for one in lines.flat_map(|line| evidence.about(scene.instance, &line.symbol)) {
        let is_taken = one
            .identity()
            .is_none_or(|identity| taken.contains(&identity));
        let is_acknowledged = evidence.cause(one).is_some_and(Delivery::is_accepted);
        if is_acknowledged && !is_taken {
            outcome.fail(one.violation(
                "its cause was acknowledged, TERM came, and the sink never got it: wait for what is on its way, then end",
            ));
        }
    }
    if let Some(taken) = scene.took_after_term
        && let Some(delivery) = evidence.deliveries.get(taken)
    {
        outcome.fail(delivery.violation(
            "a second after TERM a new connection is still served: take no new work, so that you come to an end",
        ));
    }
    outcome
}
