//! How events are posted: HTTP.

use ingenium_contract::envelope::{Mode, STRUCTURED};

use super::Outcome;
use crate::judge::Judged;
use crate::recorder::{Exchange, PATH, QUERY};

pub(crate) fn posts_to_sink(judged: &[Judged<'_>]) -> Outcome {
    let mut outcome = Outcome {
        judged: judged.len(),
        ..Outcome::default()
    };
    for one in judged {
        let Exchange {
            method,
            path,
            query,
            ..
        } = one.exchange;
        if method != "POST" || path != PATH || query.as_deref() != Some(QUERY) {
            let query = query
                .as_deref()
                .map_or_else(String::new, |query| format!("?{query}"));
            let message = format!("expected POST {PATH}?{QUERY}, got {method} {path}{query}");
            outcome.failures.push(one.violation(message));
        }
    }
    outcome
}

pub(crate) fn structured_media_type(judged: &[Judged<'_>]) -> Outcome {
    let mut outcome = Outcome::default();
    for one in judged
        .iter()
        .filter(|one| one.mode == Some(Mode::Structured))
    {
        outcome.judged += 1;
        let media_type = one.header("content-type").unwrap_or_default();
        if ingenium_contract::attribute::essence(&media_type) != STRUCTURED {
            outcome.failures.push(one.violation(format!(
                "Content-Type is `{media_type}`, expected `{STRUCTURED}`"
            )));
        }
    }
    outcome
}

pub(crate) fn binary_headers(judged: &[Judged<'_>]) -> Outcome {
    let mut outcome = Outcome::default();
    for one in judged.iter().filter(|one| one.mode == Some(Mode::Binary)) {
        outcome.judged += 1;
        for required in [
            "ce-specversion",
            "ce-id",
            "ce-source",
            "ce-type",
            "content-type",
        ] {
            if one.header(required).is_none_or(|value| value.is_empty()) {
                outcome
                    .failures
                    .push(one.violation(format!("the header `{required}` is missing")));
            }
        }
        if one.header("ce-datacontenttype").is_some() {
            outcome
                .failures
                .push(one.violation("`ce-datacontenttype` is no header: Content-Type says it"));
        }
    }
    outcome
}
