//! A codec with a fault is noticed, and what it gets wrong is shown as small as it can be.

use ingenium_proof::codec::Codec;
use ingenium_proof::proof::{Outcome, compare, refusals, round_trips};
use ingenium_proof::question::{samples, vectors};
use ingenium_proof::workshop::tools;
use ingenium_types::EventType;

/// A codec that answers every question with what this Python expression over `c`, the command, and `text`, its data, says.
fn codec(expression: &str) -> Codec {
    let script = format!(
        "import base64, json, sys\n\
         for line in sys.stdin:\n    \
             c = json.loads(line)\n    \
             text = base64.b64decode(c.get('data', '')).decode(errors='replace')\n    \
             print(json.dumps({expression}), flush=True)\n"
    );
    let python = tools().join("python/bin/python").display().to_string();
    Codec {
        command: vec![python, "-c".to_owned(), script],
        folder: std::env::temp_dir(),
        environment: Vec::new(),
    }
}

const YES: &str = "{'accepted': True, 'json': text}";

fn orders() -> Vec<ingenium_proof::question::Vector> {
    let mut orders = vectors();
    orders.retain(|vector| vector.event_type == EventType::PortfolioOrder);
    orders
}

#[track_caller]
fn noticed(outcome: Result<Outcome, String>, part: &str) {
    let outcome = outcome.expect("the codec answers");
    assert!(!outcome.passed(), "nothing is noticed");
    assert!(
        outcome.wrong.iter().any(|wrong| wrong.contains(part)),
        "{:#?}",
        outcome.wrong
    );
}

#[test]
fn one_that_takes_everything() {
    let vectors = orders();
    assert!(
        round_trips(&codec(YES), &vectors)
            .expect("it answers")
            .passed()
    );
    noticed(
        refusals(&codec(YES), &vectors, &[]),
        "accepted is Some(true), not false",
    );
}

#[test]
fn one_that_refuses_by_another_rule_or_elsewhere() {
    for (rule, at) in [("ING-P-TYPE", "/Nowhere"), ("ING-X", "/Quantity")] {
        let no = format!("{{'accepted': False, 'rule': '{rule}', 'at': '{at}'}}");
        noticed(refusals(&codec(&no), &orders(), &[]), "refused by");
    }
}

#[test]
fn one_that_changes_a_decimal() {
    let rounded = YES.replace("text", "text.replace('\"100\"', '\"100.0\"')");
    noticed(round_trips(&codec(&rounded), &orders()), "written as");
}

#[test]
fn one_that_is_not_stable() {
    // Equal JSON the first time, and not the same text the second.
    let drifting = YES.replace(
        "text",
        "text.replace('{\"', '{ \"') if ' ' not in text[:2] else text[:1] + '  ' + text[1:]",
    );
    noticed(
        round_trips(&codec(&drifting), &orders()),
        "is written again as",
    );
}

#[test]
fn one_that_dies() {
    let outcome = compare(&codec("1 / 0"), &samples(EventType::PortfolioOrder, 1, 3));
    let error = outcome.expect_err("it cannot answer");
    assert!(
        error.starts_with("0 of 3 answers") && error.contains("ZeroDivisionError"),
        "{error}"
    );
}

#[test]
fn what_is_wrong_is_shown_small() {
    // It refuses whoever has an account, whatever else there is.
    let picky = "{'accepted': False, 'rule': 'ING-P-TYPE', 'at': '/Account'} if '\"Account\"' in text else \
                 {'accepted': True, 'json': text}";
    let questions: Vec<_> = samples(EventType::PortfolioOrder, 1, 2000)
        .into_iter()
        .filter(|question| {
            question.accepted
                && question
                    .written
                    .as_ref()
                    .is_some_and(|json| json["Account"].is_string())
        })
        .take(1)
        .collect();
    assert_eq!(questions.len(), 1, "some sample has an account");
    let outcome = compare(&codec(picky), &questions).expect("it answers");
    let smallest = outcome.wrong.first().expect("it is noticed");
    let members = smallest.matches("\":").count();
    assert!(members <= 6, "{members} members in {smallest}");
}
