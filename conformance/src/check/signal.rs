//! What a strategy promises: STR.

use std::collections::HashMap;

use super::outputs::{difference, outline, outlines};
use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::report::Violation;
use crate::scene::Scene;
use crate::stimulus::FIRST_DAY;

pub(super) fn known_symbols(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let symbol = one.symbol();
        let received = evidence.deliveries.iter().any(|sent| {
            sent.instance == one.instance
                && sent.after <= one.number
                && sent
                    .event
                    .as_ref()
                    .is_some_and(|event| event.subject == symbol)
        });
        if !received {
            outcome.fail(one.violation(format!(
                "nothing about `{}` was sent before",
                symbol.unwrap_or_default()
            )));
        }
    }
    outcome
}

pub(super) fn one_signal_per_bar(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut seen: HashMap<(usize, String, String, String), String> = HashMap::new();
    for one in evidence
        .emissions
        .iter()
        .filter(|one| one.kind() == "signal")
    {
        let (Some(cause), Some(symbol), Some(id)) = (
            one.attribute("causationid"),
            one.symbol(),
            one.attribute("id"),
        ) else {
            continue;
        };
        outcome.judged += 1;
        let strategy = one.member("Strategy").unwrap_or_default().to_owned();
        let bar = (one.instance, strategy, symbol, cause);
        match seen.get(&bar) {
            Some(other) if *other != id => outcome.fail(one.violation(format!(
                "a second signal for the bar `{}`, the first was `{other}`",
                bar.3
            ))),
            _ => {
                seen.insert(bar, id);
            }
        }
    }
    outcome
}

fn nanoseconds(one: &Emission) -> Option<i64> {
    let event = one.verdict.event.as_ref()?;
    Some(event.instant()?.as_nanoseconds())
}

pub(super) fn prefixes_hold(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(symbol) = scene.symbol("A") else {
        return outcome;
    };
    let whole = evidence.about(scene.instance, symbol);
    let end = |bars: usize| {
        let text = evidence.stimuli.instant(symbol, FIRST_DAY + bars);
        let at: Option<ingenium_types::scalar::UtcTimestamp> = text.parse().ok();
        at.map_or(i64::MAX, |at| at.as_nanoseconds())
    };
    // Times of emission instead of event times cannot tell which signals belong to a prefix.
    let dated = whole
        .iter()
        .all(|one| nanoseconds(one).is_some_and(|at| at <= end(scene.series)));
    for prefix in &scene.prefixes {
        let found = outlines(evidence, prefix.instance, symbol);
        let expected: Vec<String> = whole
            .iter()
            .enumerate()
            .filter(|(index, one)| {
                if dated {
                    nanoseconds(one).is_some_and(|at| at <= end(prefix.bars))
                } else {
                    *index < found.len()
                }
            })
            .map(|(_, one)| outline(one))
            .collect();
        outcome.judged += expected.len().max(found.len());
        let left = "the whole series, up to the cut,";
        let right = format!("a fresh process with the first {} bars", prefix.bars);
        if let Some(violation) = difference(left, &expected, &right, &found) {
            outcome.fail(violation);
        }
    }
    outcome
}

pub(super) fn replayed_the_same(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let (Some(symbol), Some(replay)) = (scene.symbol("A"), scene.replay) else {
        return Outcome::default();
    };
    let (first, second) = (
        evidence.about(scene.instance, symbol),
        evidence.about(replay, symbol),
    );
    let mut outcome = Outcome::of(first.len());
    let outlined = |all: &[&Emission]| all.iter().map(|one| outline(one)).collect::<Vec<_>>();
    let (left, right) = ("the first process", "a fresh one with the same bars");
    if let Some(violation) = difference(left, &outlined(&first), right, &outlined(&second)) {
        outcome.fail(violation);
        return outcome;
    }
    for (one, other) in first.iter().zip(&second) {
        if one.identity() != other.identity() {
            let shown = |one: &Emission| {
                let (source, id) = one.identity().unwrap_or_default();
                format!("{source} {id}")
            };
            outcome.fail(Violation::shown(
                "the same signal has another id in a fresh process: what is repeated is taken for new",
                &format!("{}\n{}", shown(one), shown(other)),
            ));
            return outcome;
        }
    }
    outcome
}
