//! What the component does with what it is sent: RCV.

use super::Outcome;
use crate::judge::{Observed, RawAnswer, StimulusAnswer};
use crate::report::Violation;

pub(crate) fn acts_on_stimuli(observed: &Observed) -> Outcome {
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

pub(crate) fn refuses_raw(observed: &Observed) -> Outcome {
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
