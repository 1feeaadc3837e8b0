//! Which events pass a Trigger's filters, in each profile: the table of docs/reference/trigger-filters.md.
//!
//! The events and most of the filters are those that Knative's broker on Kafka was run with; where it lost an event
//! (an attribute that is not there, a result that is no Boolean), the event gets what the specification says.

use std::fmt::Write as _;

use ingenium_broker::Trigger;
use ingenium_broker::trigger::Profile;
use ingenium_contract::CloudEvent;
use serde_json::{Value, json};

use crate::event::event;
use crate::spec::{attributes, one, sql, trigger};

fn events() -> Vec<CloudEvent> {
    [
        json!({
            "id": "1", "source": "/src/one", "type": "com.ex.a", "datacontenttype": "application/json",
            "subject": "sub-1", "color": "red"
        }),
        json!({
            "id": "2", "source": "/src/two", "type": "com.ex.b", "datacontenttype": "application/json"
        }),
        json!({
            "id": "3", "source": "/src/two", "type": "com.ex.a", "datacontenttype": "application/json",
            "subject": "other", "color": "blue", "num": "5", "time": "2026-01-02T03:04:05.120+02:00",
            "dataschema": "http://x/s"
        }),
        json!({
            "id": "4", "source": "/src/one", "type": "com.ex.c", "datacontenttype": "application/json",
            "subject": "s4", "num": 5, "flag": true
        }),
        json!({ "id": "5", "source": "/src/one", "type": "com.EX.a", "color": "" }),
    ]
    .iter()
    .map(event)
    .collect()
}

/// The ids of the events that pass.
fn passing(trigger: &Trigger, profile: Profile) -> String {
    let mut ids = String::new();
    for event in events() {
        if trigger.matches(&event, profile) {
            write!(ids, "{}", event.id).expect("a text takes all");
        }
    }
    ids
}

#[track_caller]
fn check(spec: &Value, ingenium: &str, kafka: &str, mt: &str) {
    let trigger = trigger(spec).unwrap_or_else(|error| panic!("{spec}: {error}"));
    // What is stored selects the same.
    let stored = trigger.to_json().to_string();
    let read = Trigger::from_json(stored.as_bytes(), "ns").expect("what was written");
    assert_eq!(read, trigger, "{spec}");
    for (profile, wanted) in [
        (Profile::Ingenium, ingenium),
        (Profile::Kafka, kafka),
        (Profile::Mt, mt),
    ] {
        assert_eq!(passing(&read, profile), wanted, "{spec} ({profile:?})");
    }
}

#[test]
fn most_filters_select_the_same_in_each_profile() {
    for (spec, wanted) in [
        (json!({}), "12345"),
        (attributes(&json!({})), "12345"),
        (attributes(&json!({ "type": "com.ex.a" })), "13"),
        (
            attributes(&json!({ "type": "com.ex.a", "source": "/src/one" })),
            "1",
        ),
        (attributes(&json!({ "type": "" })), "12345"),
        (attributes(&json!({ "nope": "x" })), ""),
        (attributes(&json!({ "id": "2" })), "2"),
        (attributes(&json!({ "specversion": "1.0" })), "12345"),
        (one(&json!({ "exact": { "type": "com.ex.a" } })), "13"),
        (one(&json!({ "exact": { "type": "COM.EX.A" } })), ""),
        (one(&json!({ "exact": { "color": "red" } })), "1"),
        (
            one(&json!({ "exact": { "dataschema": "http://x/s" } })),
            "3",
        ),
        (
            one(&json!({ "exact": { "datacontenttype": "application/json" } })),
            "1234",
        ),
        (one(&json!({ "prefix": { "type": "com.ex." } })), "1234"),
        (one(&json!({ "prefix": { "subject": "sub" } })), "1"),
        (
            one(&json!({ "prefix": { "datacontenttype": "application/" } })),
            "1234",
        ),
        (one(&json!({ "prefix": { "color": "r" } })), "1"),
        (one(&json!({ "prefix": { "time": "2026" } })), "3"),
        (one(&json!({ "prefix": { "dataschema": "http" } })), "3"),
        (one(&json!({ "prefix": { "num": "5" } })), "34"),
        (
            one(&json!({ "prefix": { "type": "com.ex", "source": "/src/o" } })),
            "14",
        ),
        (one(&json!({ "suffix": { "type": ".a" } })), "135"),
        (one(&json!({ "suffix": { "subject": "-1" } })), "1"),
        (one(&json!({ "suffix": { "color": "ue" } })), "3"),
        (
            one(&json!({ "all": [
                { "exact": { "type": "com.ex.a" } }, { "prefix": { "source": "/src" } },
                { "suffix": { "source": "one" } }, { "cesql": "color = 'red'" }
            ] })),
            "1",
        ),
        (
            one(&json!({ "any": [
                { "exact": { "type": "com.ex.b" } }, { "suffix": { "source": "zzz" } },
                { "prefix": { "type": "zzz" } }, { "cesql": "type = 'com.ex.c'" },
                { "not": { "prefix": { "type": "com." } } }
            ] })),
            "24",
        ),
        (
            one(&json!({ "any": [
                { "exact": { "type": "com.ex.a" } }, { "exact": { "type": "com.ex.b" } },
                { "exact": { "type": "com.ex.c" } }
            ] })),
            "1234",
        ),
        (
            one(&json!({ "not": { "exact": { "type": "com.ex.a" } } })),
            "245",
        ),
        (
            one(&json!({ "not": { "exact": { "color": "red" } } })),
            "2345",
        ),
        (
            one(&json!({ "not": { "not": { "exact": { "color": "red" } } } })),
            "1",
        ),
        // Here Kafka's broker loses the events without a subject.
        (
            one(&json!({ "not": { "prefix": { "subject": "sub" } } })),
            "2345",
        ),
        (
            one(
                &json!({ "any": [{ "prefix": { "subject": "zz" } }, { "prefix": { "type": "com" } }] }),
            ),
            "12345",
        ),
        (
            json!({ "filters": [{ "exact": { "type": "com.ex.a" } }, { "exact": { "source": "/src/one" } }] }),
            "1",
        ),
        (
            json!({ "filters": [], "filter": { "attributes": { "type": "com.ex.a" } } }),
            "13",
        ),
        (
            json!({ "filters": null, "filter": { "attributes": { "type": "com.ex.a" } } }),
            "13",
        ),
        (
            json!({
                "filters": [{ "exact": { "type": "com.ex.b" } }],
                "filter": { "attributes": { "type": "com.ex.a" } }
            }),
            "2",
        ),
        (sql("type = 'com.ex.a' AND source = '/src/one'"), "1"),
        (sql("type LIKE '%ex%'"), "1234"),
        (sql("EXISTS color"), "135"),
        (sql("NOT EXISTS color"), "24"),
        (sql("nope = 'x'"), ""),
        (sql("nope != 'x'"), ""),
        (sql("0"), ""),
        // Here Kafka's broker loses every event.
        (sql("'abc'"), ""),
        (sql("flag"), "4"),
        (sql("TRUE"), "12345"),
        (sql("num + 1 = 6"), "34"),
        (sql("type IN ('com.ex.b', 'com.ex.c')"), "24"),
        (sql("LEFT(subject, 3) = 'sub'"), "1"),
        (one(&json!({ "not": { "cesql": "nope = 'x'" } })), "12345"),
    ] {
        check(&spec, wanted, wanted, wanted);
    }
}

#[test]
fn profiles_differ_where_the_reference_says() {
    for (spec, ingenium, kafka, mt) in [
        // An empty value.
        (attributes(&json!({ "color": "" })), "135", "12345", "13"),
        (attributes(&json!({ "subject": "" })), "134", "12345", "134"),
        (attributes(&json!({ "num": "" })), "34", "12345", "34"),
        (
            one(&json!({ "exact": { "color": "" } })),
            "135",
            "12345",
            "12345",
        ),
        (
            one(&json!({ "prefix": { "color": "" } })),
            "135",
            "12345",
            "12345",
        ),
        (
            one(&json!({ "suffix": { "color": "" } })),
            "135",
            "12345",
            "12345",
        ),
        (
            one(&json!({ "not": { "exact": { "color": "" } } })),
            "24",
            "",
            "12345",
        ),
        (
            one(&json!({ "any": [{ "exact": { "color": "" } }, { "exact": { "id": "2" } }] })),
            "1235",
            "12345",
            "2",
        ),
        (
            one(&json!({ "any": [{ "exact": { "id": "2" } }, { "exact": { "color": "" } }] })),
            "1235",
            "12345",
            "2",
        ),
        // Numbers and Booleans.
        (attributes(&json!({ "num": "5" })), "34", "34", "3"),
        (attributes(&json!({ "flag": "true" })), "4", "4", ""),
        (one(&json!({ "exact": { "num": "5" } })), "34", "34", "3"),
        // The text of `time`.
        (
            one(&json!({ "exact": { "time": "2026-01-02T03:04:05.120+02:00" } })),
            "3",
            "",
            "",
        ),
        (
            one(&json!({ "exact": { "time": "2026-01-02T01:04:05.120Z" } })),
            "",
            "3",
            "",
        ),
        (
            one(&json!({ "exact": { "time": "2026-01-02T03:04:05.12+02:00" } })),
            "",
            "",
            "3",
        ),
        (attributes(&json!({ "time": "" })), "3", "12345", "12345"),
        (
            one(&json!({ "exact": { "time": "0001-01-01T00:00:00Z" } })),
            "",
            "",
            "1245",
        ),
        // Names that are not of CloudEvents 1.0.
        (
            one(&json!({ "exact": { "schemaurl": "http://x/s" } })),
            "",
            "3",
            "3",
        ),
        (
            one(&json!({ "exact": { "datamediatype": "application/json" } })),
            "",
            "",
            "1234",
        ),
        // Errors in expressions.
        (sql("color LIKE '%e%'"), "13", "1234", "13"),
        (sql("1 / 0 = 0"), "", "12345", ""),
        (sql("(1 / 0 = 0) OR TRUE"), "", "12345", ""),
        (sql("num = 5 OR type = 'com.ex.b'"), "34", "234", "34"),
        // Results that are no Boolean.
        (sql("5"), "", "12345", ""),
        (sql("'true'"), "", "12345", ""),
        (sql("num"), "", "4", ""),
        // Capitals in names, and which operator comes first.
        (sql("TYPE = 'com.ex.a'"), "13", "", "13"),
        (sql("TRUE OR FALSE AND FALSE"), "", "12345", "12345"),
        (sql("FALSE AND TRUE OR TRUE"), "12345", "", ""),
    ] {
        check(&spec, ingenium, kafka, mt);
    }
}

#[test]
fn the_text_of_time_is_that_of_each_implementation() {
    for (sent, kafka, mt) in [
        (
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05Z",
        ),
        (
            "2026-01-02t03:04:05.000z",
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05Z",
        ),
        (
            "2026-01-02T03:04:05.5+00:00",
            "2026-01-02T03:04:05.500Z",
            "2026-01-02T03:04:05.5Z",
        ),
        (
            "2026-01-02T03:04:05.1234Z",
            "2026-01-02T03:04:05.123400Z",
            "2026-01-02T03:04:05.1234Z",
        ),
        (
            "2026-01-01T23:30:00.123456780-01:30",
            "2026-01-02T01:00:00.123456780Z",
            "2026-01-01T23:30:00.12345678-01:30",
        ),
        (
            "1969-01-02T03:04:05.50Z",
            "1969-01-02T03:04:05.50Z",
            "1969-01-02T03:04:05.5Z",
        ),
    ] {
        let event = event(&json!({ "time": sent }));
        for (profile, text) in [
            (Profile::Ingenium, sent),
            (Profile::Kafka, kafka),
            (Profile::Mt, mt),
        ] {
            let trigger = trigger(&one(&json!({ "exact": { "time": text } }))).expect("legal");
            assert!(
                trigger.matches(&event, profile),
                "{sent} ({profile:?}): {text}"
            );
        }
    }
}
