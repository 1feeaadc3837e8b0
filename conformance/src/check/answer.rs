//! What the component does with what it is sent: RCV.

use super::{Evidence, Outcome};
use crate::case::Status;
use crate::journal::{Answered, Delivery};
use crate::report::Violation;
use crate::role::Role;
use crate::scene::Scene;

fn of_case<'a>(scene: &Scene, evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Delivery> {
    let case = scene.case.clone();
    let instance = scene.instance;
    evidence
        .deliveries
        .iter()
        .filter(move |delivery| delivery.case == case && delivery.instance == instance)
}

pub(super) fn acts(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let acted_once = !evidence.emissions.is_empty();
    for attempt in &scene.attempts {
        let deliveries = attempt
            .deliveries
            .iter()
            .filter_map(|number| evidence.deliveries.get(*number));
        let refused: Vec<&Delivery> = deliveries.filter(|sent| !sent.is_accepted()).collect();
        for delivery in &refused {
            outcome.fail(delivery.violation(format!(
                "{}: {}, expected 2xx",
                delivery.about,
                said(delivery)
            )));
        }
        if attempt.first.is_some() || (evidence.role == Role::Sink && refused.is_empty()) {
            outcome.judged += 1;
        } else if acted_once && refused.is_empty() {
            // It acts, but not on this: that is no silence, it is a fault.
            let cause = attempt
                .cause
                .and_then(|cause| evidence.deliveries.get(cause));
            let late = evidence.about(scene.instance, &attempt.symbol).len();
            let message = if late == 0 {
                "everything was accepted and nothing was emitted".to_owned()
            } else {
                format!(
                    "everything was accepted, and what was emitted about `{}` came later than {} ms (`limits.effect_ms`)",
                    attempt.symbol,
                    evidence.patience.as_millis()
                )
            };
            outcome.fail(match cause {
                Some(cause) => cause.violation(message),
                None => Violation::shown(message, ""),
            });
        }
    }
    outcome
}

fn said(delivery: &Delivery) -> String {
    match &delivery.answer {
        Some(Ok(answered)) => format!("status {}", answered.status),
        Some(Err(why)) => why.clone(),
        None => "no answer".to_owned(),
    }
}

pub(super) fn answered(
    what: Option<&str>,
    must: &Status,
    should: Option<&Status>,
    scene: &Scene,
    evidence: &Evidence<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let named = what.map(|name| scene.sent.get(name).copied());
    for delivery in of_case(scene, evidence) {
        match named {
            Some(Some(number)) if delivery.number != number => continue,
            Some(None) => break,
            _ => {}
        }
        outcome.judged += 1;
        if let Some(problem) = breaks(must, delivery) {
            outcome.fail(delivery.violation(format!("{}: {problem}", delivery.about)));
        } else if let Some(problem) = should.and_then(|should| breaks(should, delivery)) {
            let message = format!("{}: {problem}", delivery.about);
            outcome.warnings.push(delivery.violation(message));
        }
    }
    outcome
}

/// What is wrong with an answer.
fn breaks(wanted: &Status, delivery: &Delivery) -> Option<String> {
    let Some(Ok(answered)) = &delivery.answer else {
        return Some(said(delivery));
    };
    let status = answered.status;
    let (holds, expected) = match wanted {
        Status::Any => return None,
        Status::Accepted => ((200..300).contains(&status), "2xx".to_owned()),
        Status::AcceptedProperly => return improper(answered),
        Status::NotAccepted => (!(200..300).contains(&status), "anything but 2xx".to_owned()),
        Status::Refused => ((400..500).contains(&status), "4xx".to_owned()),
        Status::NotServerError => (status < 500, "no server error".to_owned()),
        Status::OneOf(list) => {
            let words: Vec<String> = list.iter().map(ToString::to_string).collect();
            (list.contains(&status), words.join(" or "))
        }
    };
    (!holds).then(|| format!("status {status}, expected {expected}"))
}

/// What is wrong with the answer to a valid event.
fn improper(answered: &Answered) -> Option<String> {
    let Answered {
        status,
        body,
        reply,
        ..
    } = answered;
    if !(200..300).contains(status) {
        return Some(format!("status {status}, expected 2xx"));
    }
    if *status == 202 && reply.is_some() {
        return Some("status 202 with an event: a reply needs status 200".to_owned());
    }
    if !body.is_empty() && reply.is_none() {
        return Some(
            "a 2xx with a body that is no event: brokers take it for a failed delivery".to_owned(),
        );
    }
    None
}

pub(super) fn alive(scene: &Scene) -> Outcome {
    let mut outcome = Outcome::of(1);
    if !scene.alive {
        outcome.fail(Violation::shown("the component died", ""));
    }
    outcome
}

pub(super) fn options_allow_post(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for delivery in of_case(scene, evidence).filter(|one| one.about.starts_with("OPTIONS")) {
        outcome.judged += 1;
        let Some(Ok(answered)) = &delivery.answer else {
            continue;
        };
        let allowed = answered.headers.iter().any(|(name, value)| {
            name == "allow"
                && String::from_utf8_lossy(value)
                    .to_ascii_uppercase()
                    .contains("POST")
        });
        if (200..300).contains(&answered.status) && !allowed {
            outcome.fail(delivery.violation("OPTIONS is answered 2xx, and `Allow` has no POST"));
        }
    }
    outcome
}

pub(super) fn decoded_once(what: &str, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let sent = scene
        .sent
        .get(what)
        .and_then(|number| evidence.deliveries.get(*number));
    let Some((delivery, event)) = sent.and_then(|sent| Some((sent, sent.event.as_ref()?))) else {
        return outcome;
    };
    let later = evidence
        .emissions
        .iter()
        .filter(|one| one.number >= delivery.after && one.instance == scene.instance)
        .filter(|one| one.symbol().is_some_and(|symbol| scene.owns(&symbol)));
    for one in later {
        // The suffix of the id is what needed encoding; whoever repeats it repeats it decoded.
        let Some(named) = one.attribute("causationid") else {
            continue;
        };
        // The part before the suffix is plain: what does not begin with a known one is no repetition of an id.
        let begins = |id: &&str| id.get(..36) == named.get(..36);
        if !evidence.by_id.keys().any(begins) {
            continue;
        }
        let known = evidence.by_id.contains_key(named.as_str());
        outcome.judged += 1;
        if !known {
            outcome.fail(one.violation(format!(
                "`causationid` is `{named}`, the id of the cause is `{}`: header values are percent-decoded, once",
                event.id
            )));
        }
    }
    outcome
}
