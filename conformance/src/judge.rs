//! From recorded bytes to verdicts.

use std::collections::HashMap;

use ingenium_contract::envelope::{Header, Mode, STRUCTURED};
use ingenium_contract::{Finding, Verdict as EventVerdict, validate, validate_structured};
use ingenium_types::fingerprint::Line;
use ingenium_types::{EventType, View};

use crate::case::{Case, Expect, Level, Pattern, Role};
use crate::recorder::{Exchange, PATH, QUERY};
use crate::report::{CheckResult, Verdict, Violation};

/// What a case's steps came to.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Answers to stimuli.
    pub stimuli: Vec<StimulusAnswer>,
    /// Answers to raw messages.
    pub raw: Vec<RawAnswer>,
    /// Emissions while stimuli were sent.
    pub emitted: usize,
    /// Emissions while raw messages were sent.
    pub emitted_on_raw: usize,
    /// Whether the process was alive afterwards.
    pub alive: bool,
    /// The runner's own mistake.
    pub harness: Option<String>,
}

/// The answer to one stimulus; no status means no answer.
#[derive(Debug, Clone, Copy)]
pub struct StimulusAnswer {
    /// Its place in the series.
    pub index: usize,
    /// The status.
    pub status: Option<u16>,
}

/// The answer to one raw message; no status means no answer.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// What is wrong with the message.
    pub name: String,
    /// The status.
    pub status: Option<u16>,
}

/// A recorded request, judged once for all checks.
struct Judged<'a> {
    exchange: &'a Exchange,
    verdict: EventVerdict,
    mode: Option<Mode>,
}

/// What one check found.
#[derive(Default)]
struct Outcome {
    judged: usize,
    failures: Vec<Violation>,
    warnings: Vec<Violation>,
}

/// How many violations a check shows; more of the same help nobody.
const SHOWN: usize = 3;

/// Judges every case.
#[must_use]
pub fn judge(
    cases: &[Case],
    observed: &[Observed],
    exchanges: &[Exchange],
    role: Role,
) -> Vec<CheckResult> {
    let judged: Vec<Judged<'_>> = exchanges.iter().map(Judged::of).collect();
    cases
        .iter()
        .zip(observed)
        .map(|(case, observed)| result(case, observed, &judged, role))
        .collect()
}

fn result(case: &Case, observed: &Observed, judged: &[Judged<'_>], role: Role) -> CheckResult {
    let outcome = match &case.expect {
        Expect::NoFinding { must, should } => no_finding(judged, must, should),
        Expect::UniqueIds => unique_ids(judged),
        Expect::TypeOfRole => type_of_role(judged, role),
        Expect::PostsToSink => posts_to_sink(judged),
        Expect::StructuredMediaType => structured_media_type(judged),
        Expect::BinaryHeaders => binary_headers(judged),
        Expect::ActsOnStimuli => acts_on_stimuli(observed),
        Expect::RefusesRaw => refuses_raw(observed),
    };
    let verdict = if observed.harness.is_some() {
        Verdict::Harness
    } else if !outcome.failures.is_empty() {
        if case.level == Level::Must {
            Verdict::Fail
        } else {
            Verdict::Warn
        }
    } else if outcome.judged == 0 {
        // A condition that never occurred is fine only where events flowed at all.
        if case.conditional && !judged.is_empty() {
            Verdict::NotExercised
        } else {
            Verdict::Inconclusive
        }
    } else if outcome.warnings.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Warn
    };
    let mut violations = outcome.failures;
    violations.extend(outcome.warnings);
    violations.truncate(SHOWN);
    if let Some(mistake) = &observed.harness {
        violations.push(Violation {
            message: mistake.clone(),
            bytes: String::new(),
        });
    }
    CheckResult {
        id: case.id.clone(),
        title: case.title.clone(),
        level: case.level,
        verdict,
        judged: outcome.judged,
        violations,
        hint: if verdict == Verdict::Pass {
            String::new()
        } else {
            case.hint.clone()
        },
    }
}

impl<'a> Judged<'a> {
    fn of(exchange: &'a Exchange) -> Self {
        let headers: Vec<Header<'_>> = exchange
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let binary = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("ce-specversion"));
        let has_specversion = |body: serde_json::Value| body.get("specversion").is_some();
        // A structured event under the wrong media type is still meant as one: HTTP-02 says so, the other checks judge
        // what it states.
        let structured =
            !binary && serde_json::from_slice(&exchange.body).is_ok_and(has_specversion);
        let verdict = if structured {
            validate_structured(&exchange.body, View::Strict)
        } else {
            validate(&headers, &exchange.body, View::Strict)
        };
        let mode = match (binary, structured) {
            (true, _) => Some(Mode::Binary),
            (false, true) => Some(Mode::Structured),
            (false, false) => verdict.mode,
        };
        Self {
            exchange,
            verdict,
            mode,
        }
    }

    fn violation(&self, message: impl Into<String>) -> Violation {
        let head = String::from_utf8_lossy(&self.exchange.head);
        let body = String::from_utf8_lossy(&self.exchange.body);
        let shown: String = format!("{head}{body}").chars().take(1000).collect();
        Violation {
            message: message.into(),
            bytes: shown.escape_debug().to_string().replace("\\r\\n", "\n"),
        }
    }

    fn header(&self, name: &str) -> Option<String> {
        let value = self
            .exchange
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(&value.1).into_owned())
    }
}

fn no_finding(judged: &[Judged<'_>], must: &[Pattern], should: &[Pattern]) -> Outcome {
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

fn unique_ids(judged: &[Judged<'_>]) -> Outcome {
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

fn type_of_role(judged: &[Judged<'_>], role: Role) -> Outcome {
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

fn posts_to_sink(judged: &[Judged<'_>]) -> Outcome {
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

fn structured_media_type(judged: &[Judged<'_>]) -> Outcome {
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

fn binary_headers(judged: &[Judged<'_>]) -> Outcome {
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

fn acts_on_stimuli(observed: &Observed) -> Outcome {
    let mut outcome = Outcome::default();
    for StimulusAnswer { index, status } in &observed.stimuli {
        if !status.is_some_and(|status| (200..300).contains(&status)) {
            let got = status.map_or_else(
                || "no answer".to_owned(),
                |status| format!("status {status}"),
            );
            let message = format!("bar {index} of the series: {got}, expected 2xx");
            outcome.failures.push(Violation {
                message,
                bytes: String::new(),
            });
        }
    }
    // Acknowledged and nothing emitted: there is nothing to judge.
    outcome.judged = observed.emitted;
    outcome
}

fn refuses_raw(observed: &Observed) -> Outcome {
    let mut outcome = Outcome {
        judged: observed.raw.len(),
        ..Outcome::default()
    };
    let violation = |message: String| Violation {
        message,
        bytes: String::new(),
    };
    for RawAnswer { name, status } in &observed.raw {
        match status {
            Some(status) if (200..300).contains(status) => {
                outcome.failures.push(violation(format!(
                    "{name}: acknowledged with status {status}"
                )));
            }
            Some(400 | 415) => {}
            Some(status) => outcome.warnings.push(violation(format!(
                "{name}: status {status}, should be 400 or 415"
            ))),
            None => outcome
                .failures
                .push(violation(format!("{name}: no answer"))),
        }
    }
    if observed.emitted_on_raw > 0 {
        outcome.failures.push(violation(format!(
            "{} events were emitted",
            observed.emitted_on_raw
        )));
    }
    if !observed.alive {
        outcome
            .failures
            .push(violation("the component died".to_owned()));
    }
    if outcome.failures.is_empty() && observed.emitted == 0 {
        // Whether it still works cannot be said when it never acts.
        outcome.judged = 0;
    }
    outcome
}
