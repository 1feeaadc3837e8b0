//! What an event says about its cause: CAU.

use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::journal::Delivery;
use crate::lineage;

pub(super) fn causation_known(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let Some(named) = one.attribute("causationid") else {
            outcome.fail(one.violation("`causationid` is missing: name the id of the cause"));
            continue;
        };
        let known = evidence
            .cause(one)
            .is_some_and(|cause| cause.after <= one.number);
        if !known {
            outcome.fail(one.violation(format!(
                "`causationid` is `{named}`, which no event had that was sent before"
            )));
        }
    }
    outcome
}

fn caused<'a>(
    evidence: &'a Evidence<'_>,
) -> impl Iterator<Item = (&'a Emission, &'a Delivery)> + 'a {
    evidence
        .emissions
        .iter()
        .filter_map(|one| Some((one, evidence.cause(one)?)))
}

pub(super) fn correlation_kept(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (one, cause) in caused(evidence) {
        let Some(event) = &cause.event else {
            continue;
        };
        outcome.judged += 1;
        // A root stands for itself.
        let expected = event
            .attribute("correlationid")
            .unwrap_or_else(|| event.id.clone());
        let found = one.attribute("correlationid");
        if found.as_ref() != Some(&expected) {
            let found = found.unwrap_or_else(|| "missing".to_owned());
            outcome.fail(one.violation(format!(
                "`correlationid` is `{found}`, that of the cause is `{expected}`"
            )));
        }
    }
    outcome
}

pub(super) fn trace_continued(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in evidence.emissions {
        let Some(traceparent) = one.attribute("traceparent") else {
            continue;
        };
        outcome.judged += 1;
        let given = evidence
            .cause(one)
            .and_then(|cause| cause.event.as_ref()?.attribute("traceparent"));
        if let Some(problem) = lineage::trace(&traceparent, given.as_deref()) {
            outcome.fail(one.violation(problem));
        }
    }
    outcome
}

pub(super) fn run_copied(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let expected = match evidence.cause(one).and_then(|cause| cause.event.as_ref()) {
            Some(event) => event.attribute("ingeniumrun"),
            // All stimuli are of one run.
            None => evidence
                .deliveries
                .iter()
                .find_map(|sent| sent.event.as_ref()?.attribute("ingeniumrun")),
        };
        let found = one.attribute("ingeniumrun");
        if found != expected {
            let words = |value: Option<String>| value.unwrap_or_else(|| "missing".to_owned());
            outcome.fail(one.violation(format!(
                "`ingeniumrun` is `{}`, that of the cause is `{}`: a simulated run must stay one",
                words(found),
                words(expected)
            )));
        }
    }
    outcome
}

pub(super) fn no_self_loop(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let id = one.attribute("id");
        let names_its_own_id = id.is_some() && id == one.attribute("causationid");
        let cause = evidence.cause(one).and_then(|cause| cause.event.as_ref());
        // An id is unique within its source: that of another is no loop.
        let cause = cause.filter(|event| {
            !names_its_own_id || one.attribute("source").as_ref() != Some(&event.source)
        });
        let of_own_type = cause.map(|event| Some(&event.type_) == one.attribute("type").as_ref());
        if let Some(problem) = lineage::self_loop(names_its_own_id, of_own_type) {
            outcome.fail(one.violation(problem));
        }
    }
    outcome
}

pub(super) fn cause_before(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in evidence.emissions {
        let kinds: &[&str] = match one.kind().as_str() {
            "order" => &["signal"],
            "execution" => &["order", "cancel"],
            _ => continue,
        };
        outcome.judged += 1;
        let symbol = one.symbol();
        let found = evidence.deliveries.iter().any(|sent| {
            sent.instance == one.instance
                && sent.after <= one.number
                && sent.event.as_ref().is_some_and(|event| {
                    event.subject == symbol
                        && kinds
                            .iter()
                            .any(|kind| event.type_.ends_with(&format!(".{kind}")))
                })
        });
        if !found {
            outcome.fail(one.violation(format!(
                "no {} of `{}` was sent before it",
                kinds.join(" or "),
                symbol.unwrap_or_default()
            )));
        }
    }
    outcome
}
