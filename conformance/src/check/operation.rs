//! How it is to operate: OPS.

use std::time::Duration;

use super::{Evidence, Outcome};
use crate::report::Violation;
use crate::scene::Scene;

pub(super) fn ready_in_time(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(1);
    let limit = evidence.ready_within;
    if scene.ready_after > limit {
        outcome.fail(Violation::shown(
            format!(
                "it was ready after {} ms, the limit is {} ms",
                scene.ready_after.as_millis(),
                limit.as_millis()
            ),
            "",
        ));
    }
    outcome
        .measured
        .push(format!("ready after {} ms", scene.ready_after.as_millis()));
    outcome
}

pub(super) fn spans(evidence: &Evidence<'_>) -> Outcome {
    /// Names of attributes in OpenTelemetry's conventions for CloudEvents. Protocol buffers and JSON hold them as they
    /// are.
    const NAMES: [&str; 3] = [
        "cloudevents.event_id",
        "cloudevents.event_source",
        "cloudevents.event_type",
    ];
    let mut outcome = Outcome::of(evidence.telemetry.len());
    if outcome.judged == 0 {
        return outcome;
    }
    for name in NAMES {
        let found = evidence.telemetry.iter().any(|body| {
            body.windows(name.len())
                .any(|window| window == name.as_bytes())
        });
        if !found {
            outcome.fail(Violation::shown(
                format!("no span carries the attribute `{name}`"),
                "",
            ));
        }
    }
    outcome
}

pub(super) fn logs(evidence: &Evidence<'_>) -> Outcome {
    let lines: Vec<&str> = evidence
        .output
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let mut outcome = Outcome::of(lines.len());
    let parsed = |line: &&&str| {
        serde_json::from_str::<serde_json::Value>(line).is_ok_and(|value| value.is_object())
    };
    if let Some(line) = lines.iter().find(|line| !parsed(line)) {
        outcome.fail(Violation::shown(
            "a line of its output is not a JSON object",
            line,
        ));
    }
    let carries_id = lines
        .iter()
        .any(|line| evidence.by_id.keys().any(|id| line.contains(id)));
    if !lines.is_empty() && !carries_id {
        outcome.fail(Violation::shown(
            "no line of its output carries the id of an event that it was sent",
            lines.first().unwrap_or(&""),
        ));
    }
    outcome
}

pub(super) fn measured(evidence: &Evidence<'_>) -> Outcome {
    let mut took: Vec<Duration> = evidence
        .deliveries
        .iter()
        .filter(|sent| sent.is_accepted() && sent.attempts == 1)
        .map(|sent| sent.took)
        .collect();
    took.sort_unstable();
    let mut outcome = Outcome::of(took.len());
    let at = |share: usize| took.get(took.len().saturating_sub(1) * share / 100);
    if let (Some(median), Some(slow)) = (at(50), at(99)) {
        let busy: Duration = took.iter().sum();
        let rate = took.len() as u128 * 1_000_000 / busy.as_micros().max(1);
        outcome.measured.push(format!(
            "{} deliveries: p50 {} µs, p99 {} µs, {rate}/s one after another",
            took.len(),
            median.as_micros(),
            slow.as_micros()
        ));
    }
    outcome
}
