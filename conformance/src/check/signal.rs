//! What a strategy promises: STR.

use std::collections::HashMap;

use ingenium_types::scalar::UtcTimestamp;

use super::outputs::{difference, outline, outlines};
use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::report::Violation;
use crate::scene::Scene;
use crate::stimulus::{FIRST_DAY, data_of};

/// Times are compared at milliseconds: some languages keep no more.
const MILLISECOND: i64 = 1_000_000;

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

/// When a signal says that it was decided, in nanoseconds: its Timestamp, else its `time`.
fn decided(one: &Emission) -> Option<i64> {
    match one.member("Timestamp") {
        Some(text) => instant(text),
        None => Some(one.verdict.event.as_ref()?.instant()?.as_nanoseconds()),
    }
}

fn instant(text: &str) -> Option<i64> {
    let at: UtcTimestamp = text.parse().ok()?;
    Some(at.as_nanoseconds())
}

/// How the signals of the whole series are cut where a prefix ends.
enum Cut {
    /// By what they say of themselves.
    Time,
    /// By the bars that they name as their causes: their times are not those of the data.
    Cause,
    /// Not at all: the first so many are compared.
    Count,
}

pub(super) fn prefixes_hold(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(symbol) = scene.symbol("A") else {
        return outcome;
    };
    let whole = evidence.about(scene.instance, symbol);
    hindsight(&whole, evidence, &mut outcome);
    let end = |bars: usize| {
        let text = evidence.stimuli.instant(symbol, FIRST_DAY + bars);
        instant(&text).unwrap_or(i64::MAX)
    };
    let bars = bars(scene.instance, symbol, evidence);
    let bar = |one: &Emission| {
        bars.get(evidence.cause(one)?.event.as_ref()?.id.as_str())
            .copied()
    };
    let is_dated = |one: &&Emission| decided(one).is_some_and(|at| at <= end(scene.series));
    let cut = if whole.iter().all(is_dated) {
        Cut::Time
    } else if whole.iter().all(|one| bar(one).is_some()) {
        Cut::Cause
    } else {
        Cut::Count
    };
    for prefix in &scene.prefixes {
        let found = outlines(evidence, prefix.instance, symbol);
        let expected: Vec<String> = whole
            .iter()
            .enumerate()
            .filter(|(index, one)| match cut {
                Cut::Time => decided(one).is_some_and(|at| at <= end(prefix.bars)),
                Cut::Cause => bar(one).is_some_and(|nth| nth < prefix.bars),
                Cut::Count => *index < found.len(),
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

/// The bars about a symbol, by the event's id, in the order in which they were first delivered.
fn bars<'a>(instance: usize, symbol: &str, evidence: &Evidence<'a>) -> HashMap<&'a str, usize> {
    let mut bars = HashMap::new();
    let events = evidence
        .deliveries
        .iter()
        .filter(|sent| sent.instance == instance);
    for event in events.filter_map(|sent| sent.event.as_ref()) {
        if event.subject.as_deref() == Some(symbol) {
            let nth = bars.len();
            bars.entry(event.id.as_str()).or_insert(nth);
        }
    }
    bars
}

/// A signal that is dated before the end of the bar that it follows from was decided with hindsight.
fn hindsight(signals: &[&Emission], evidence: &Evidence<'_>, outcome: &mut Outcome) {
    for one in signals {
        let cause = evidence.cause(one).and_then(|cause| cause.event.as_ref());
        let Some(data) = cause.map(|event| data_of(event)) else {
            continue;
        };
        let said = one.member("Timestamp").and_then(instant);
        let ended = data["EndTimestamp"].as_str().and_then(instant);
        if let (Some(said), Some(ended)) = (said, ended)
            && said / MILLISECOND < ended / MILLISECOND
        {
            outcome.fail(one.violation(
                "its Timestamp is before the end of the bar that it names as its cause: nobody could know then",
            ));
        }
    }
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
