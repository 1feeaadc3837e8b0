//! How many, and which texts are equal.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Evidence, Outcome};
use crate::case::Between;
use crate::emission::Emission;
use crate::report::Violation;
use crate::scene::Scene;
use crate::stimulus::data_of;

/// The emissions that a count is about, each event once, and only those that were new in its window.
fn counted<'a>(between: &Between, scene: &Scene, evidence: &Evidence<'a>) -> Vec<&'a Emission> {
    let bound = |name: &Option<String>| {
        let number = scene.sent.get(name.as_deref()?)?;
        Some(evidence.deliveries.get(*number)?.after)
    };
    let (since, until) = (bound(&between.since), bound(&between.until));
    let mut seen = HashSet::new();
    let ours = |symbol: &str| match &between.symbol {
        Some(letter) => scene.symbol(letter) == Some(symbol),
        None => scene.owns(symbol),
    };
    evidence
        .emissions
        .iter()
        .filter(|one| one.instance == scene.instance)
        .filter(|one| between.any_symbol || one.symbol().is_some_and(|symbol| ours(&symbol)))
        // Whatever came before the window, even if it comes again in it, is not new.
        .filter(|one| one.identity().is_none_or(|identity| seen.insert(identity)))
        .filter(|one| since.is_none_or(|since| one.number >= since))
        .filter(|one| until.is_none_or(|until| one.number < until))
        .filter(|one| between.emit.as_ref().is_none_or(|kind| one.kind() == *kind))
        .filter(|one| one.has(&between.data))
        .collect()
}

pub(super) fn count(between: &Between, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let found = counted(between, scene, evidence);
    let named = |name: &Option<String>| {
        name.as_ref()
            .is_none_or(|name| scene.sent.contains_key(name))
    };
    // A window without its edge, or a component that never acts: a count says nothing.
    let speaks = named(&between.since) && named(&between.until) && !evidence.emissions.is_empty();
    let mut outcome = Outcome::of(usize::from(speaks));
    let n = found.len();
    let too_few = between.at_least.filter(|least| n < *least);
    let too_many = between.at_most.filter(|most| n > *most);
    if !speaks {
        return outcome;
    }
    let expected = match (too_few, too_many) {
        (Some(least), _) => format!("at least {least}"),
        (_, Some(0)) => "none".to_owned(),
        (_, Some(most)) => format!("at most {most}"),
        (None, None) => return outcome,
    };
    let kind = between.emit.as_deref().unwrap_or("event");
    let what = between
        .says
        .as_ref()
        .map_or_else(String::new, |says| format!("{says}: "));
    let message = format!("{what}{n} distinct `{kind}`, expected {expected}");
    let violation = match (found.last(), &between.since) {
        (Some(one), _) => one.violation(message),
        (None, Some(since)) => scene
            .sent
            .get(since)
            .and_then(|number| evidence.deliveries.get(*number))
            .map_or_else(
                || Violation::shown(message.clone(), ""),
                |sent| sent.violation(message.clone()),
            ),
        (None, None) => Violation::shown(message, ""),
    };
    if between.should {
        outcome.warnings.push(violation);
    } else {
        outcome.fail(violation);
    }
    outcome
}

/// The text at a place such as `o1.causationid` or `e.data.OrderQuantity`; `None` where the name is not bound.
fn text_at(place: &str, scene: &Scene, evidence: &Evidence<'_>) -> Option<String> {
    let absent = || "(absent)".to_owned();
    let plain = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => absent(),
    };
    let (name, path) = place.rsplit_once(".data.").map_or_else(
        || {
            place
                .rsplit_once('.')
                .map(|(name, attribute)| (name, Err(attribute)))
        },
        |(name, member)| Some((name, Ok(member))),
    )?;
    if let Some(number) = scene.emitted.get(name) {
        let emission = evidence.emissions.get(*number)?;
        return Some(match path {
            Ok(member) => plain(emission.loose.data.get(member)),
            Err(attribute) => emission.attribute(attribute).unwrap_or_else(absent),
        });
    }
    let number = scene.sent.get(name)?;
    let event = evidence.deliveries.get(*number)?.event.as_ref()?;
    Some(match path {
        Ok(member) => plain(data_of(event).get(member)),
        Err(attribute) => event.attribute(attribute).unwrap_or_else(absent),
    })
}

pub(super) fn equal(
    places: &[String],
    wanted: bool,
    scene: &Scene,
    evidence: &Evidence<'_>,
) -> Outcome {
    let texts: Option<Vec<String>> = places
        .iter()
        .map(|place| text_at(place, scene, evidence))
        .collect();
    let Some(texts) = texts else {
        return Outcome::default(); // a name is not bound: what was waited for did not come
    };
    let mut outcome = Outcome::of(1);
    let distinct: HashSet<&String> = texts.iter().collect();
    let holds = if wanted {
        distinct.len() == 1
    } else {
        distinct.len() == texts.len()
    };
    if !holds {
        let shown: Vec<String> = places
            .iter()
            .zip(&texts)
            .map(|(place, text)| format!("{place} is `{text}`"))
            .collect();
        let must = if wanted {
            "must be equal"
        } else {
            "must differ"
        };
        let message = format!("{} ({must})", shown.join(", "));
        let places = places.iter().rev();
        outcome.fail(violation_at(places, message, scene, evidence));
    }
    outcome
}

pub(super) fn not_below(
    left: &str,
    right: &str,
    scene: &Scene,
    evidence: &Evidence<'_>,
) -> Outcome {
    let text = |place: &str| text_at(place, scene, evidence);
    let (Some(first), Some(second)) = (text(left), text(right)) else {
        return Outcome::default(); // a name is not bound: what was waited for did not come
    };
    let mut outcome = Outcome::of(1);
    let number = |text: &str| text.parse::<Decimal>().ok();
    let holds = number(&first).zip(number(&second));
    if holds.is_none_or(|(first, second)| first < second) {
        let message = format!(
            "{left} is `{first}`, {right} is `{second}` (the first must not be below the second)"
        );
        let places = [left, right];
        outcome.fail(violation_at(places.iter(), message, scene, evidence));
    }
    outcome
}

/// A violation that shows the first of these places that is an emission.
fn violation_at(
    mut places: impl Iterator<Item = impl AsRef<str>>,
    message: String,
    scene: &Scene,
    evidence: &Evidence<'_>,
) -> Violation {
    let shown = places.find_map(|place| {
        let name = place.as_ref().split('.').next()?;
        evidence.emissions.get(*scene.emitted.get(name)?)
    });
    match shown {
        Some(one) => one.violation(message),
        None => Violation::shown(message, ""),
    }
}
