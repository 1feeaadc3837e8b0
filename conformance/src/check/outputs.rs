//! What was emitted about a symbol, without what names the symbol or the event.

use serde_json::Value;

use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::report::Violation;
use crate::scene::Scene;

/// Members that differ between two symbols, or between two clocks, by right.
const NAMES: [&str; 12] = [
    "Symbol",
    "OrderId",
    "ExecutionId",
    "CancelId",
    "ReferenceExecutionId",
    "VenueOrderId",
    "TradeId",
    "Timestamp",
    "ReceivedTimestamp",
    "ExpiresAt",
    "Text",
    "Reason",
];

/// One emission as text, without names and times.
pub(super) fn outline(emission: &Emission) -> String {
    let mut data = emission.loose.data.clone();
    if let Value::String(text) = &data
        && let Ok(inner @ Value::Object(_)) = serde_json::from_str(text)
    {
        data = inner; // JSON inside a string is another check's business, as is the case of names
    }
    if let Value::Object(members) = &mut data {
        members.retain(|name, _| !NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)));
    }
    format!("{} {data}", emission.kind())
}

pub(super) fn outlines(evidence: &Evidence<'_>, instance: usize, symbol: &str) -> Vec<String> {
    evidence
        .about(instance, symbol)
        .into_iter()
        .map(outline)
        .collect()
}

pub(super) fn same(
    left: &str,
    right: &str,
    except: Option<&str>,
    scene: &Scene,
    evidence: &Evidence<'_>,
) -> Outcome {
    let excepted = except.and_then(|name| scene.sent.get(name)).copied();
    let of = |letter: &str| -> Vec<String> {
        let symbol = scene.symbol(letter).unwrap_or_default();
        let cause = |one: &Emission| evidence.cause(one).map(|cause| cause.number);
        evidence
            .about(scene.instance, symbol)
            .into_iter()
            .filter(|one| excepted.is_none() || cause(one) != excepted)
            .map(outline)
            .collect()
    };
    let (one, other) = (of(left), of(right));
    let mut outcome = Outcome::of(one.len().max(other.len()));
    if let Some(mut violation) = difference(left, &one, right, &other) {
        let taken = taken(scene, evidence);
        if !taken.is_empty() {
            violation
                .message
                .push_str("; what it accepted of this check: ");
            violation.message.push_str(&taken.join(", "));
        }
        outcome.fail(violation);
    }
    outcome
}

/// What was sent in a case that is no event and was accepted all the same: it may have bent the state.
fn taken(scene: &Scene, evidence: &Evidence<'_>) -> Vec<String> {
    let sent = evidence
        .deliveries
        .iter()
        .filter(|sent| sent.case == scene.case);
    sent.filter(|sent| sent.event.is_none() && sent.is_accepted())
        .map(|sent| sent.about.clone())
        .collect()
}

pub(super) fn same_for_all(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut all = scene.lines.iter().map(|(letter, line)| {
        let outlines = outlines(evidence, scene.instance, &line.symbol);
        (letter.clone(), outlines)
    });
    let Some((first, expected)) = all.next() else {
        return Outcome::default();
    };
    let mut outcome = Outcome::of(expected.len());
    for (letter, found) in all {
        outcome.judged += found.len();
        if let Some(violation) = difference(&first, &expected, &letter, &found) {
            outcome.fail(violation);
        }
    }
    outcome
}

/// Where two lists of emissions part.
pub(super) fn difference(
    left: &str,
    one: &[String],
    right: &str,
    other: &[String],
) -> Option<Violation> {
    if one == other {
        return None;
    }
    let at = one
        .iter()
        .zip(other)
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| one.len().min(other.len()));
    let shown = |list: &[String]| {
        list.get(at)
            .cloned()
            .unwrap_or_else(|| "nothing".to_owned())
    };
    let message = format!(
        "{left} led to {} emissions, {right} to {}; number {} differs",
        one.len(),
        other.len(),
        at + 1
    );
    Some(Violation::shown(
        message,
        &format!("{left}: {}\n{right}: {}", shown(one), shown(other)),
    ))
}
