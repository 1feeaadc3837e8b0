//! From recorded bytes to verdicts.

use ingenium_contract::envelope::{Header, Mode};
use ingenium_contract::{Verdict as EventVerdict, validate, validate_structured};
use ingenium_types::View;

use crate::case::{Case, Expect, Level, Role};
use crate::check::{emission, http_out, receive};
use crate::recorder::Exchange;
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
pub(crate) struct Judged<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) verdict: EventVerdict,
    pub(crate) mode: Option<Mode>,
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
        Expect::NoFinding { must, should } => emission::no_finding(judged, must, should),
        Expect::UniqueIds => emission::unique_ids(judged),
        Expect::TypeOfRole => emission::type_of_role(judged, role),
        Expect::PostsToSink => http_out::posts_to_sink(judged),
        Expect::StructuredMediaType => http_out::structured_media_type(judged),
        Expect::BinaryHeaders => http_out::binary_headers(judged),
        Expect::ActsOnStimuli => receive::acts_on_stimuli(observed),
        Expect::RefusesRaw => receive::refuses_raw(observed),
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

    pub(crate) fn violation(&self, message: impl Into<String>) -> Violation {
        let head = String::from_utf8_lossy(&self.exchange.head);
        let body = String::from_utf8_lossy(&self.exchange.body);
        let shown: String = format!("{head}{body}").chars().take(1000).collect();
        Violation {
            message: message.into(),
            bytes: shown.escape_debug().to_string().replace("\\r\\n", "\n"),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self
            .exchange
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(&value.1).into_owned())
    }
}
