//! A recording of one trade, broken in one place at a time: the check that is about it fails, and no other.

use ingenium_conformance::passive::{Judge, Ledger, Rigour};
use ingenium_conformance::report::Subject;
use ingenium_conformance::{Report, Role, Verdict};
use ingenium_runtime::clock;
use serde_json::{Value, json};

/// Two bars, the third, the signal for the second, its order, NEW, FILLED.
fn trade() -> Vec<Value> {
    lines(include_str!("../fixtures/trade.ndjson"))
}

const SIGNAL: usize = 3;
const ORDER: usize = 4;
const NEW: usize = 5;
const FILLED: usize = 6;

fn judge(role: Option<Role>, events: &[Value]) -> Report {
    judge_with(role, Rigour::Must, events)
}

fn judge_with(role: Option<Role>, rigour: Rigour, events: &[Value]) -> Report {
    let judge = Judge::new(role, rigour).expect("the cases are well-formed");
    let mut ledger = Ledger::new(&judge);
    for (number, event) in events.iter().enumerate() {
        let bytes = event.to_string().into_bytes();
        ledger.take(judge.structured(&bytes), &bytes, &format!("line {number}"));
    }
    let subject = Subject::Recording("trade.ndjson".to_owned());
    ledger.finish(subject, clock::now())
}

/// The checks that are violated.
fn violated(report: &Report) -> Vec<&str> {
    let bad = |verdict| matches!(verdict, Verdict::Fail | Verdict::Warn);
    let checks = report.checks.iter().filter(|check| bad(check.verdict));
    checks.map(|check| check.id.as_str()).collect()
}

#[test]
fn a_sound_recording_is_good_and_claims_nothing() {
    let report = judge(None, &trade());
    assert!(report.conformant, "{report:#?}");
    assert_eq!(violated(&report), [""; 0]);
    assert_eq!(report.claim, None);
    let judged = |id: &str| {
        let check = report.checks.iter().find(|check| check.id == id);
        check.map(|check| check.judged)
    };
    assert_eq!(judged("PAY-01"), Some(7));
    assert_eq!(judged("CAU-01"), Some(4));
    assert_eq!(judged("ING-02"), Some(3));
    assert_eq!(judged("EXE-03"), Some(2));
}

type Break = fn(&mut Vec<Value>);

/// What is broken, and which checks say so.
const BREAKS: [(&str, Break, &[&str]); 22] = [
    (
        "a second event under an id",
        |events| {
            let mut other = events[0].clone();
            other["data"]["Data"]["Close"] = json!("92.88");
            events.push(other);
        },
        &["ENV-02"],
    ),
    (
        "an attribute that is no text",
        |events| events[0]["specversion"] = json!("0.9"),
        &["ENV-01"],
    ),
    (
        "a number for a decimal",
        |events| events[1]["data"]["Data"]["Open"] = json!(93.0),
        &["PAY-01", "PAY-02"],
    ),
    (
        "a type that nobody knows",
        |events| events[0]["type"] = json!("ingenium.oracle.advice"),
        &["ENV-04"],
    ),
    (
        "a long attribute name",
        |events| events[0]["aratherlongattributename"] = json!("x"),
        &["ENV-08"],
    ),
    (
        "a sequence that falls",
        |events| {
            events[0]["sequence"] = json!("2");
            events[1]["sequence"] = json!("1");
        },
        &["ENV-15"],
    ),
    (
        "a bar before the last",
        |events| events.swap(0, 1),
        &["ING-02"],
    ),
    (
        "an effect without a cause",
        |events| {
            drop(
                events[SIGNAL]
                    .as_object_mut()
                    .map(|it| it.remove("causationid")),
            );
        },
        &["CAU-01"],
    ),
    (
        "a cause that never was",
        |events| events[ORDER]["causationid"] = json!("ghost"),
        &["CAU-01"],
    ),
    (
        "another correlation",
        |events| {
            for event in &mut events[ORDER..] {
                event["correlationid"] = json!("other");
            }
        },
        &["CAU-02"],
    ),
    (
        "another trace",
        |events| {
            events[1]["traceparent"] =
                json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            events[SIGNAL]["traceparent"] =
                json!("00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01");
        },
        &["CAU-03"],
    ),
    (
        "its own cause",
        |events| events[ORDER]["causationid"] = events[ORDER]["id"].clone(),
        &["CAU-04"],
    ),
    (
        "another run",
        |events| events[FILLED]["ingeniumrun"] = json!("other"),
        &["CAU-06"],
    ),
    (
        "a symbol that nobody signalled",
        |events| {
            for event in &mut events[ORDER..] {
                event["subject"] = json!("MSFT");
                event["data"]["Symbol"] = json!("MSFT");
            }
        },
        &["CAU-05"],
    ),
    (
        "a symbol without bars",
        |events| {
            for event in &mut events[SIGNAL..] {
                event["subject"] = json!("MSFT");
                event["partitionkey"] = json!(if event["type"] == "ingenium.strategy.signal" {
                    "MSFT"
                } else {
                    "main"
                });
                event["data"]["Symbol"] = json!("MSFT");
            }
        },
        &["STR-01"],
    ),
    (
        "two signals for a bar",
        |events| {
            let mut second = events[SIGNAL].clone();
            second["id"] = json!("second");
            events.push(second);
        },
        &["STR-04"],
    ),
    (
        "a fill that does not add up",
        |events| events[FILLED]["data"]["LastQuantity"] = json!("300"),
        &["EXE-03"],
    ),
    (
        "a fill before the order is new",
        |events| events.swap(NEW, FILLED),
        &["EXE-03", "EXE-04"],
    ),
    (
        "an end after the end",
        |events| {
            let mut second = events[FILLED].clone();
            second["id"] = json!("second");
            second["data"]["ExecType"] = json!("EXPIRED");
            second["data"]["Status"] = json!("EXPIRED");
            for name in ["LastQuantity", "LastPrice"] {
                drop(second["data"].as_object_mut().map(|it| it.remove(name)));
            }
            events.push(second);
        },
        &["EXE-04"],
    ),
    (
        "a limit that is broken",
        |events| {
            events[ORDER]["data"]["Type"] = json!("LIMIT");
            events[ORDER]["data"]["LimitPrice"] = json!("90");
        },
        &["EXE-07"],
    ),
    (
        "the other side",
        |events| {
            events[FILLED]["data"]["Side"] = json!("SELL");
        },
        &["EXE-08"],
    ),
    (
        "prices that contradict each other",
        |events| events[2]["data"]["Data"]["High"] = json!("80"),
        &["PAY-06"],
    ),
];

#[test]
fn what_is_broken_is_named() {
    for (what, breaks, expected) in BREAKS {
        let mut events = trade();
        breaks(&mut events);
        let report = judge(None, &events);
        let mut found = violated(&report);
        if what == "prices that contradict each other" {
            // Measured and never judged: the violations are listed all the same.
            let check = report.checks.iter().find(|check| check.id == "PAY-06");
            assert!(
                check.is_some_and(|check| !check.violations.is_empty()),
                "{what}"
            );
            found = vec!["PAY-06"];
        }
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_repetition_is_no_second_event() {
    let mut events = trade();
    events.extend(trade());
    assert_eq!(violated(&judge(None, &events)), [""; 0]);
}

#[test]
fn a_recording_that_begins_in_the_middle_is_not_held_against_anybody() {
    let events = trade();
    assert_eq!(violated(&judge(None, &events[FILLED..])), [""; 0]);
    assert_eq!(
        violated(&judge(Some(Role::Strategy), &events[SIGNAL..])),
        [""; 0]
    );
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("JSON")
}

/// Effects of what was before the recording, beside a chain that is there from its start.
#[test]
fn what_lies_before_the_recording_is_not_missing() {
    let events = lines(include_str!("../fixtures/middle.ndjson"));
    assert_eq!(violated(&judge(None, &events)), [""; 0]);
    // A bar comes by before the fill of an order that has rested for long.
    let mut rested = trade();
    let mut fill = rested[FILLED].clone();
    fill["id"] = json!("late");
    fill["causationid"] = json!("an order of last week");
    fill["correlationid"] = json!("a bar of last week");
    fill["time"] = json!("2000-10-27T00:00:00Z");
    fill["data"]["OrderId"] = json!("resting");
    fill["data"]["ExecutionId"] = json!("late");
    rested.truncate(ORDER);
    rested.push(trade()[ORDER].clone());
    rested[ORDER]["subject"] = json!("MSFT");
    rested[ORDER]["data"]["Symbol"] = json!("MSFT");
    rested[ORDER]["causationid"] = json!("a signal of last week");
    rested[ORDER]["correlationid"] = json!("a bar of last week");
    rested.push(fill);
    assert_eq!(violated(&judge(None, &rested)), [""; 0]);
}

/// The first that is held of a symbol is market data: what comes later without a cause has none.
#[test]
fn what_has_no_cause_is_named_where_the_start_was_seen() {
    let mut events = trade();
    let mut bar = events[0].clone();
    bar["id"] = json!("bar");
    bar["subject"] = json!("MSFT");
    bar["partitionkey"] = json!("MSFT");
    bar["data"]["Symbol"] = json!("MSFT");
    let mut order = events[ORDER].clone();
    order["id"] = json!("order");
    order["time"] = json!("2000-10-25T00:00:00Z");
    order["subject"] = json!("MSFT");
    order["data"]["Symbol"] = json!("MSFT");
    order["data"]["OrderId"] = json!("intruder");
    order["causationid"] = json!("nobody");
    order["correlationid"] = json!("nothing");
    events.extend([bar, order]);
    assert_eq!(violated(&judge(None, &events)), ["CAU-01", "CAU-05"]);
    // Dated before the bar, it may be an effect of something older.
    let order = events.last_mut().expect("the order");
    order["time"] = json!("2000-10-23T00:00:00Z");
    assert_eq!(violated(&judge(None, &events)), [""; 0]);
}

/// An id is unique within its source, and three sources count from 1.
#[test]
fn an_id_of_another_source_is_another_event() {
    let mut events = lines(include_str!("../fixtures/ids.ndjson"));
    assert_eq!(violated(&judge(None, &events)), [""; 0]);
    let last = events.len() - 1;
    events[last]["correlationid"] = json!("2");
    assert_eq!(violated(&judge(None, &events)), ["CAU-02"]);
    // Of the events with that id only the order itself is left.
    events[last]["id"] = json!("7");
    events[last]["causationid"] = json!("7");
    assert_eq!(violated(&judge(None, &events)), ["CAU-04"]);
}

#[test]
fn fills_are_taken_back_and_corrected() {
    let bust = lines(include_str!("../fixtures/bust.ndjson"));
    let correct = lines(include_str!("../fixtures/correct.ndjson"));
    for events in [&bust, &correct] {
        let report = judge(None, events);
        assert_eq!(violated(&report), [""; 0]);
        let late = judge(None, &events[events.len() - 1..]);
        assert_eq!(
            violated(&late),
            [""; 0],
            "the fill was before the recording"
        );
    }
    let spoilt = |events: &[Value], member: &str, value: &str| {
        let mut events = events.to_vec();
        let last = events.last_mut().expect("the correction");
        last["data"][member] = json!(value);
        judge(None, &events)
    };
    for report in [
        spoilt(&bust, "ReferenceExecutionId", "e9"),
        spoilt(&bust, "CumulativeQuantity", "10"),
        spoilt(&correct, "ReferenceExecutionId", "e9"),
        spoilt(&correct, "LastQuantity", "8"),
    ] {
        assert_eq!(violated(&report), ["EXE-03"]);
    }
    // The correction is corrected: by the fill's own id, and by that of its correction.
    for reference in ["e1", "e2"] {
        let mut events = correct.clone();
        let mut again = events[events.len() - 1].clone();
        again["id"] = json!("e3");
        again["data"]["ExecutionId"] = json!("e3");
        again["data"]["ReferenceExecutionId"] = json!(reference);
        again["data"]["LastQuantity"] = json!("7");
        again["data"]["CumulativeQuantity"] = json!("7");
        again["data"]["LeavesQuantity"] = json!("3");
        events.push(again);
        assert_eq!(violated(&judge(None, &events)), [""; 0], "{reference}");
    }
}

/// What each type of event has in its full set and need not have.
#[test]
fn strictly_the_full_set_is_demanded() {
    let strictly = |events: &[Value]| judge_with(None, Rigour::Full, events);
    assert_eq!(violated(&strictly(&trade())), [""; 0]);
    let fields = [
        (0, "EndTimestamp"),
        (SIGNAL, "Timestamp"),
        (ORDER, "Timestamp"),
        (FILLED, "Commission"),
        (FILLED, "CommissionCurrency"),
        (FILLED, "CumulativeCommission"),
    ];
    for (place, name) in fields {
        let mut events = trade();
        let data = events[place]["data"].as_object_mut().expect("a payload");
        assert!(data.remove(name).is_some(), "{name}");
        let report = strictly(&events);
        assert_eq!(violated(&report), ["PAY-01"], "{name}");
        assert!(!report.conformant, "{name}");
        for rigour in [Rigour::Must, Rigour::Should] {
            let report = judge_with(None, rigour, &events);
            assert!(report.conformant, "{name} {report:#?}");
        }
    }
    let mut events = trade();
    events.truncate(ORDER + 1);
    let data = events[ORDER]["data"].as_object_mut().expect("an order");
    assert!(data.remove("OrderId").is_some());
    assert_eq!(violated(&strictly(&events)), ["PAY-01"]);
    let core = lines(include_str!("../fixtures/core.ndjson"));
    assert_eq!(violated(&strictly(&core)), ["PAY-01"]);
    assert_eq!(violated(&judge(None, &core)), [""; 0]);
}

#[test]
fn a_role_answers_for_what_it_emits() {
    let mut events = trade();
    events[1]["data"]["Data"]["Open"] = json!(93.0);
    assert_eq!(violated(&judge(Some(Role::Executor), &events)), [""; 0]);
    assert_eq!(
        violated(&judge(Some(Role::Ingestor), &events)),
        ["PAY-01", "PAY-02"]
    );
}
