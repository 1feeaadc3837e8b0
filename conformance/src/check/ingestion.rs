//! What an ingestor makes of a file: ING.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::number::times_named;
use super::{Evidence, Outcome};
use crate::case::Ingested;
use crate::emission::Emission;
use crate::report::Violation;
use crate::scene::{Ingestion, Row, Scene};

/// The members of a bar, in the order of a row's cells.
const MEMBERS: [&str; 5] = ["Open", "High", "Low", "Close", "Volume"];

pub(super) fn ingested(what: Ingested, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    match what {
        Ingested::OnePerRow => one_per_row(scene, evidence),
        Ingested::Increasing => increasing(scene, evidence),
        Ingested::ExitStatus => exit_status(scene, evidence),
        Ingested::SameAgain => same_again(scene, evidence),
        Ingested::Counted => counted(scene, evidence),
        Ingested::Digits => digits(scene, evidence),
    }
}

/// The bars of a run, each event once.
fn bars<'a>(run: &Ingestion, evidence: &Evidence<'a>) -> Vec<&'a Emission> {
    let mut seen = std::collections::HashSet::new();
    evidence
        .emissions
        .get(run.emissions.clone())
        .unwrap_or_default()
        .iter()
        .filter(|one| one.instance == run.instance)
        .filter(|one| one.identity().is_none_or(|identity| seen.insert(identity)))
        .collect()
}

fn date(one: &Emission) -> String {
    one.member("Timestamp")
        .unwrap_or_default()
        .chars()
        .take(10)
        .collect()
}

fn one_per_row(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for run in scene.ingestions.values().filter(|run| !run.rows.is_empty()) {
        let found = bars(run, evidence);
        outcome.judged += found.len();
        let mut of_date: BTreeMap<String, Vec<&Emission>> = BTreeMap::new();
        for one in found {
            of_date.entry(date(one)).or_default().push(one);
        }
        for row in &run.rows {
            match of_date.remove(&row.date).unwrap_or_default().as_slice() {
                [_] => {}
                [] if outcome.judged == 0 => {}
                [] => outcome.fail(Violation::shown(
                    "a well-formed row gave no event",
                    &format!("{},{}", row.date, row.cells.join(",")),
                )),
                [.., last] => outcome
                    .fail(last.violation(format!("a second event for the row of {}", row.date))),
            }
        }
        for (date, extra) in of_date {
            for one in extra {
                let message = if date.is_empty() {
                    "an event without a row: is it the header?".to_owned()
                } else {
                    format!("an event dated {date}, of which the file has no well-formed row")
                };
                outcome.fail(one.violation(message));
            }
        }
    }
    outcome
}

fn increasing(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for run in scene.ingestions.values() {
        let mut last: HashMap<[String; 3], String> = HashMap::new();
        for one in bars(run, evidence) {
            let Some(at) = one.member("Timestamp") else {
                continue;
            };
            let period = one
                .loose
                .data
                .pointer("/Data/Period")
                .and_then(Value::as_str);
            let series = [
                one.symbol().unwrap_or_default(),
                one.member("Type").unwrap_or_default().to_owned(),
                period.unwrap_or_default().to_owned(),
            ];
            outcome.judged += 1;
            if let Some(before) = last.insert(series, at.to_owned())
                && *before >= *at
            {
                outcome.fail(one.violation(format!(
                    "`Timestamp` is {at}, the event before it had {before}"
                )));
            }
        }
    }
    outcome
}

fn exit_status(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(if evidence.emissions.is_empty() {
        0
    } else {
        scene.ingestions.len()
    });
    for (name, run) in &scene.ingestions {
        let status = run.ended.status;
        let missing = run.rows.is_empty() || name.contains("missing");
        let problem = match status {
            None => Some("it did not end within 30 s and was killed".to_owned()),
            Some(status) if missing && status.success() => {
                Some("the file is missing, and it ended with status 0".to_owned())
            }
            Some(status) if !missing && !status.success() => Some(format!(
                "all rows are well-formed, and it ended with {status}"
            )),
            Some(_) => None,
        };
        if let Some(problem) = problem {
            let end: String = run.output.chars().rev().take(400).collect();
            outcome.fail(Violation::shown(
                problem,
                &end.chars().rev().collect::<String>(),
            ));
        }
    }
    outcome
}

fn same_again(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut runs = scene.ingestions.values();
    let (Some(first), Some(second)) = (runs.next(), runs.next()) else {
        return Outcome::default();
    };
    let (first, second) = (bars(first, evidence), bars(second, evidence));
    let mut outcome = Outcome::of(first.len());
    let known: HashMap<_, _> = first
        .iter()
        .map(|one| (one.identity(), &one.loose.data))
        .collect();
    for one in &second {
        match known.get(&one.identity()) {
            Some(data) if **data == one.loose.data => {}
            Some(_) => {
                outcome.fail(one.violation("the second run states something else under this id"));
            }
            None => {
                outcome.fail(one.violation("the second run gives this bar an id of its own"));
            }
        }
    }
    if first.len() != second.len() && outcome.failures.is_empty() {
        let message = format!("{} events, then {}", first.len(), second.len());
        outcome.fail(Violation::shown(message, ""));
    }
    outcome
}

fn counted(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = one_per_row(scene, evidence);
    let clean = scene.ingestions.values().find(|run| run.malformed == 0);
    for run in scene.ingestions.values().filter(|run| run.malformed > 0) {
        // Whether rows that repeat or go back in time are counted with them is left to the ingestor.
        let says = (run.malformed..=run.malformed + run.left_out).any(|total| {
            let of_itself = clean.map_or(0, |clean| times_named(total, &clean.output));
            times_named(total, &run.output) > of_itself
        });
        if !says {
            let end: String = run.output.chars().rev().take(400).collect();
            outcome.fail(Violation::shown(
                format!(
                    "{} rows are malformed, and its output does not say so",
                    run.malformed
                ),
                &end.chars().rev().collect::<String>(),
            ));
        }
    }
    outcome
}

fn digits(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for run in scene.ingestions.values() {
        let rows: HashMap<&str, &Row> = run
            .rows
            .iter()
            .map(|row| (row.date.as_str(), row))
            .collect();
        for one in bars(run, evidence) {
            let Some(row) = rows.get(date(one).as_str()) else {
                continue;
            };
            outcome.judged += 1;
            for (name, cell) in MEMBERS.iter().zip(&row.cells) {
                let found = one.loose.data.pointer(&format!("/Data/{name}"));
                let text = match found {
                    Some(Value::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                    None => "missing".to_owned(),
                };
                if text != *cell {
                    outcome.fail(
                        one.violation(format!("`{name}` is `{text}`, the file says `{cell}`")),
                    );
                }
            }
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Row, one_per_row};
    use crate::check::Evidence;
    use crate::emission::{Emission, Message};
    use crate::role::Role;
    use crate::scene::{Ingestion, Scene};
    use crate::stimulus::{Changes, Stimuli};
    use crate::target::Ended;

    /// A bar, as a component of this instance posts it.
    fn bar(stimuli: &Stimuli, symbol: &str, instance: usize) -> Emission {
        let event = stimuli.bar(symbol, 1, &Changes::new());
        let (headers, body) = ingenium_contract::envelope::to_binary(&event);
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name, value.into_bytes()));
        let message = Message {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: headers.collect(),
            head: bytes::Bytes::new(),
            body: body.to_vec().into(),
        };
        Emission {
            instance,
            ..Emission::judge(message)
        }
    }

    #[test]
    fn what_another_instance_emits_meanwhile_is_not_held_against_a_run() {
        let stimuli = Stimuli::recorded("T");
        let emissions = [bar(&stimuli, "A", 0), bar(&stimuli, "B", 1)];
        let row = Row {
            date: "2020-01-02".to_owned(),
            cells: Default::default(),
        };
        let run = Ingestion {
            ended: Ended {
                status: None,
                after: Duration::ZERO,
            },
            instance: 0,
            emissions: 0..2,
            rows: vec![row],
            malformed: 0,
            left_out: 0,
            output: String::new(),
            symbol: "A".to_owned(),
        };
        let mut scene = Scene::new("ING-01", 0);
        scene.ingestions.insert("clean".to_owned(), run);
        let evidence = Evidence {
            emissions: &emissions,
            ..Evidence::of_one(
                Role::Ingestor,
                &stimuli,
                &emissions[0],
                ingenium_runtime::clock::now(),
            )
        };
        let outcome = one_per_row(&scene, &evidence);
        assert_eq!(outcome.judged, 1);
        let said: Vec<&String> = outcome.failures.iter().map(|one| &one.message).collect();
        assert!(said.is_empty(), "{said:?}");
    }
}
