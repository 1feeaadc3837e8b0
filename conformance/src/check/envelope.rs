//! What every emitted event must state: ENV, and payloads as far as the judge finds them wrong.

use std::collections::HashMap;

use ingenium_contract::Finding;
use ingenium_types::fingerprint::Line;
use serde_json::Value;

use super::{Evidence, Outcome};
use crate::case::Pattern;
use crate::emission::Emission;

/// How far ahead of the clock an event may be dated, in nanoseconds.
const AHEAD: i64 = 5_000_000_000;

pub(super) fn no_finding(evidence: &Evidence<'_>, must: &[Pattern], should: &[Pattern]) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    let about = |finding: &Finding| {
        format!(
            "{} at {}: {}",
            finding.rule, finding.pointer, finding.message
        )
    };
    for one in evidence.emissions {
        for finding in &one.verdict.findings {
            if is_echo(finding, one, evidence) {
                continue;
            }
            if must.iter().any(|pattern| pattern.matches(finding)) {
                outcome.fail(one.violation(about(finding)));
            } else if should.iter().any(|pattern| pattern.matches(finding)) {
                outcome.warnings.push(one.violation(about(finding)));
            }
        }
    }
    outcome
}

/// Whether an attribute is wrong because the runner's own was, and was taken: that is held against it elsewhere.
fn is_echo(finding: &Finding, one: &Emission, evidence: &Evidence<'_>) -> bool {
    let header = format!("ce-{}", finding.pointer.trim_start_matches('/'));
    let mut headers = one.message.headers.iter();
    let Some((_, echoed)) = headers.find(|(name, _)| *name == header) else {
        return false;
    };
    evidence.deliveries.iter().any(|sent| {
        // An event that can be read gives nobody a reason to write it wrong.
        let mut values = sent.headers.iter().map(|(_, value)| value.as_bytes());
        sent.event.is_none() && !echoed.is_empty() && values.any(|value| value == echoed)
    })
}

pub(super) fn unique_ids(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    let mut seen: HashMap<(String, String), (Line, &Emission)> = HashMap::new();
    for one in evidence.emissions {
        let Some(event) = &one.verdict.event else {
            let about_id = |finding: &Finding| finding.pointer == "/id";
            if one.verdict.findings.iter().any(about_id) {
                outcome.fail(one.violation("the event has no usable id"));
            }
            continue;
        };
        let data = event.json_data().map(AsRef::as_ref);
        let line = Line::new(
            &event.type_,
            event.subject.as_deref(),
            event.instant(),
            data,
        );
        let Ok(line) = line else {
            continue;
        };
        let key = (event.source.clone(), event.id.clone());
        if let Some((other, first)) = seen.get(&key)
            && *other != line
        {
            outcome.fail(one.violation(format!(
                "id `{}` of source `{}` stands for two different events: {}",
                event.id,
                event.source,
                difference(first, one)
            )));
        }
        seen.insert(key, (line, one));
    }
    outcome
}

/// Where two events under one id part.
fn difference(first: &Emission, second: &Emission) -> String {
    let said =
        |one: &Emission, name: &str| one.attribute(name).unwrap_or_else(|| "absent".to_owned());
    for name in ["type", "subject", "time"] {
        let (before, now) = (said(first, name), said(second, name));
        if before != now {
            return format!("`{name}` was `{before}` and is `{now}`");
        }
    }
    "their data differ".to_owned()
}

pub(super) fn type_of_role(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let stated = one.attribute("type").unwrap_or_default();
        match one.event_type() {
            Some(known) if evidence.role.may_emit(known) => {}
            Some(known) => outcome.fail(one.violation(format!(
                "`{known}` is emitted by the role {}, not {}",
                known.emitted_by(),
                evidence.role
            ))),
            None if stated.is_empty() => {
                outcome.fail(one.violation("the event has no usable type"));
            }
            None => {
                outcome.fail(one.violation(format!("`{stated}` is not in the catalog")));
            }
        }
    }
    outcome
}

pub(super) fn not_from_the_future(evidence: &Evidence<'_>) -> Outcome {
    // Times of a simulated run are event times of another day: there is nothing to compare them with.
    let mut outcome = Outcome::of(evidence.emissions.len());
    if !evidence.stimuli.is_live() {
        return outcome;
    }
    for one in evidence.emissions {
        let Some(time) = one.verdict.event.as_ref().and_then(|event| event.instant()) else {
            continue;
        };
        let arrived = i64::try_from(one.at.as_nanos()).unwrap_or(i64::MAX);
        let now = evidence.started.as_nanoseconds().saturating_add(arrived);
        if time.as_nanoseconds() > now.saturating_add(AHEAD) {
            outcome.warnings.push(one.violation(format!(
                "`time` is {time}, more than 5 s ahead of the clock"
            )));
        }
    }
    outcome
}

pub(super) fn short_names(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let Some(event) = &one.verdict.event else {
            continue;
        };
        for (name, _) in event.extensions.iter().filter(|(name, _)| name.len() > 20) {
            outcome.warnings.push(one.violation(format!(
                "the attribute name `{name}` has {} characters, more than 20",
                name.len()
            )));
        }
    }
    outcome
}

pub(super) fn data_is_object(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        if let Value::String(text) = &one.loose.data
            && serde_json::from_str::<Value>(text).is_ok_and(|inner| inner.is_object())
        {
            outcome.fail(one.violation("`data` is JSON inside a string, not an object"));
        }
    }
    outcome
}
