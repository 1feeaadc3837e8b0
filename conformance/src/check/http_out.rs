//! How events are posted: HTTP.

use ingenium_contract::envelope::{BATCH, Mode, STRUCTURED};

use super::{Evidence, Outcome};
use crate::emission::{Emission, Via};
use crate::sink::{ELSEWHERE, PATH, QUERY};

fn posted<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Emission> {
    evidence.emissions.iter().filter(|one| one.via == Via::Sink)
}

fn in_mode<'a>(evidence: &Evidence<'a>, mode: Mode) -> impl Iterator<Item = &'a Emission> {
    evidence
        .emissions
        .iter()
        .filter(move |one| one.mode == Some(mode))
}

pub(super) fn posts_to_sink(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in posted(evidence).filter(|one| one.message.path != ELSEWHERE) {
        outcome.judged += 1;
        let message = &one.message;
        if message.method != "POST"
            || message.path != PATH
            || message.query.as_deref() != Some(QUERY)
        {
            let query = message
                .query
                .as_deref()
                .map_or_else(String::new, |query| format!("?{query}"));
            outcome.fail(one.violation(format!(
                "expected POST {PATH}?{QUERY}, got {} {}{query}",
                message.method, message.path
            )));
        }
    }
    outcome
}

pub(super) fn structured_media_type(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in in_mode(evidence, Mode::Structured).filter(|one| !one.is_batch) {
        outcome.judged += 1;
        let media_type = one.header("content-type").unwrap_or_default();
        if ingenium_contract::attribute::essence(&media_type) != STRUCTURED {
            outcome.fail(one.violation(format!(
                "Content-Type is `{media_type}`, expected `{STRUCTURED}`"
            )));
        }
    }
    outcome
}

pub(super) fn binary_headers(evidence: &Evidence<'_>) -> Outcome {
    const REQUIRED: [&str; 5] = [
        "ce-specversion",
        "ce-id",
        "ce-source",
        "ce-type",
        "content-type",
    ];
    let mut outcome = Outcome::default();
    for one in in_mode(evidence, Mode::Binary) {
        outcome.judged += 1;
        for required in REQUIRED {
            if one.header(required).is_none_or(|value| value.is_empty()) {
                outcome.fail(one.violation(format!("the header `{required}` is missing")));
            }
        }
        if one.header("ce-datacontenttype").is_some() {
            outcome.fail(one.violation("`ce-datacontenttype` is no header: Content-Type says it"));
        }
    }
    outcome
}

pub(super) fn encoded_headers(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in in_mode(evidence, Mode::Binary) {
        for (name, value) in &one.message.headers {
            if !name.starts_with("ce-") {
                continue;
            }
            // Only a value that needed encoding says whether it is done.
            let plain = value
                .iter()
                .all(|byte| byte.is_ascii_graphic() && *byte != b'%' && *byte != b'"');
            if plain {
                continue;
            }
            outcome.judged += 1;
            if let Some(problem) = not_encoded(value) {
                let shown = String::from_utf8_lossy(value);
                outcome.fail(one.violation(format!("`{name}: {shown}` {problem}")));
            }
        }
    }
    outcome
}

/// What is wrong with a header value as percent-encoded text (HTTP binding 3.1.3.2).
fn not_encoded(value: &[u8]) -> Option<&'static str> {
    if value.iter().any(|byte| !byte.is_ascii_graphic()) {
        return Some("holds a space or a character outside ASCII: write it as `%XX` of its UTF-8");
    }
    if value.contains(&b'"') {
        return Some("holds a double quote: write `%22`");
    }
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let hex = rest.get(at + 1..at + 3);
        if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
            return Some("holds a percent sign that starts no escape: write `%25`");
        }
        rest = &rest[at + 3..];
    }
    None
}

pub(super) fn no_batch(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions.iter().filter(|one| one.is_batch) {
        outcome.fail(one.violation(format!(
            "a batch (`{BATCH}`) that nobody asked for: send one event per request"
        )));
    }
    outcome
}

pub(super) fn overrides(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let wanted = &evidence.stimuli.token;
    for one in posted(evidence) {
        outcome.judged += 1;
        match one.attribute("conformancerun") {
            Some(value) if value == *wanted => {}
            Some(value) => outcome.fail(one.violation(format!(
                "`conformancerun` is `{value}`, K_CE_OVERRIDES says `{wanted}`"
            ))),
            None => outcome.fail(one.violation(format!(
                "`conformancerun` is missing, K_CE_OVERRIDES says `{wanted}`"
            ))),
        }
    }
    outcome
}

pub(super) fn no_redirect_followed(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in posted(evidence) {
        if one.fate == crate::emission::Fate::Answered(307) {
            outcome.judged += 1;
        }
        if one.message.path == ELSEWHERE {
            outcome.fail(one.violation("the event followed the redirect to another place"));
        }
    }
    outcome
}
