//! What every emitted event must state: ENV and PAY.

use std::collections::HashMap;

use ingenium_contract::Finding;
use ingenium_types::EventType;
use ingenium_types::fingerprint::Line;

use super::Outcome;
use crate::case::{Pattern, Role};
use crate::judge::Judged;

pub(crate) fn no_finding(judged: &[Judged<'_>], must: &[Pattern], should: &[Pattern]) -> Outcome {
    let mut outcome = Outcome {
        judged: judged.len(),
        ..Outcome::default()
    };
    for one in judged {
        let about = |finding: &Finding| {
            format!(
                "{} at {}: {}",
                finding.rule, finding.pointer, finding.message
            )
        };
        for finding in &one.verdict.findings {
            if must.iter().any(|pattern| pattern.matches(finding)) {
                outcome.failures.push(one.violation(about(finding)));
            } else if should.iter().any(|pattern| pattern.matches(finding)) {
                outcome.warnings.push(one.violation(about(finding)));
            }
        }
    }
    outcome
}

pub(crate) fn unique_ids(judged: &[Judged<'_>]) -> Outcome {
    let mut outcome = Outcome {
        judged: judged.len(),
        ..Outcome::default()
    };
    let mut seen: HashMap<(String, String), Line> = HashMap::new();
    for one in judged {
        let Some(event) = &one.verdict.event else {
            if one
                .verdict
                .findings
                .iter()
                .any(|finding| finding.pointer == "/id")
            {
                outcome
                    .failures
                    .push(one.violation("the event has no usable id"));
            }
            continue;
        };
        let data = event.json_data().map(AsRef::as_ref);
        let Ok(line) = Line::new(
            &event.type_,
            event.subject.as_deref(),
            event.instant(),
            data,
        ) else {
            continue;
        };
        let key = (event.source.clone(), event.id.clone());
        if seen.get(&key).is_some_and(|other| *other != line) {
            let message = format!(
                "id `{}` of source `{}` stands for two different events",
                event.id, event.source
            );
            outcome.failures.push(one.violation(message));
        }
        seen.insert(key, line);
    }
    outcome
}

pub(crate) fn type_of_role(judged: &[Judged<'_>], role: Role) -> Outcome {
    let mut outcome = Outcome {
        judged: judged.len(),
        ..Outcome::default()
    };
    for one in judged {
        let Some(event) = &one.verdict.event else {
            if one
                .verdict
                .findings
                .iter()
                .any(|finding| finding.pointer == "/type")
            {
                outcome
                    .failures
                    .push(one.violation("the event has no usable type"));
            }
            continue;
        };
        match event.type_.parse::<EventType>() {
            Ok(known) if known.emitted_by() == role.to_string() => {}
            Ok(known) => {
                let message = format!(
                    "`{known}` is emitted by the role {}, not {role}",
                    known.emitted_by()
                );
                outcome.failures.push(one.violation(message));
            }
            Err(_) => outcome
                .failures
                .push(one.violation(format!("`{}` is not in the catalog", event.type_))),
        }
    }
    outcome
}
