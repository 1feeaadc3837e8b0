//! The hot path: the same verdict as the judge, without its words.

use std::borrow::Cow;

use ingenium_contract::{decode, typed::is_quick, validate_structured};
use ingenium_types::{EventType, Payload, View};

const SIGNAL: &str = r#"{"specversion":"1.0","id":"5f0c0e5e-7f0f-5f59-8d7f-2f2a3c1b9d10","source":"/ingenium/strategy/rsi","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-10-01T00:00:00Z","datacontenttype":"application/json","dataschema":"https://schemas.ingenium.example/1/strategy.signal.json","partitionkey":"AAPL","correlationid":"c","causationid":"b","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","data":{"Symbol":"AAPL","Signal":"LONG"}}"#;

/// The event with `old` replaced, which must stand in it.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert!(SIGNAL.contains(old), "{old}");
    SIGNAL.replacen(old, new, 1)
}

#[test]
fn an_event_borrows_its_attributes() {
    let event = decode(SIGNAL.as_bytes(), View::Strict).expect("a valid event");
    assert!(is_quick(SIGNAL.as_bytes(), View::Strict));
    assert_eq!(event.id, "5f0c0e5e-7f0f-5f59-8d7f-2f2a3c1b9d10");
    assert!(matches!(event.id, Cow::Borrowed(_)));
    assert_eq!(event.source, "/ingenium/strategy/rsi");
    assert_eq!(event.subject.as_deref(), Some("AAPL"));
    assert_eq!(event.time, "2020-10-01T00:00:00Z".parse().ok());
    assert_eq!(event.partition_key.as_deref(), Some("AAPL"));
    assert_eq!(event.correlation_id.as_deref(), Some("c"));
    assert_eq!(event.causation_id.as_deref(), Some("b"));
    assert!(event.traceparent.is_some());
    assert_eq!(event.run, None);
    let Payload::StrategySignal(signal) = &event.payload else {
        panic!("{event:#?}")
    };
    assert_eq!(signal.symbol.as_str(), "AAPL");
}

/// Valid in other words: the same event, read the slow way where it must be.
#[test]
fn other_forms_are_the_same_event() {
    let canonical = decode(SIGNAL.as_bytes(), View::Strict).expect("a valid event");
    for (form, quick) in [
        (with(r#""id":""#, r#" "id" : ""#), true),
        (
            with(r#""specversion":"1.0","#, "")
                .replace(r#","data""#, r#","specversion":"1.0","data""#),
            true,
        ),
        (with("AAPL", "\\u0041APL"), false),
        (
            with("2020-10-01T00:00:00Z", "2020-10-01T02:00:00+02:00"),
            false,
        ),
    ] {
        let event = decode(form.as_bytes(), View::Strict).expect("a valid event");
        assert_eq!(event, canonical, "{form}");
        assert_eq!(is_quick(form.as_bytes(), View::Strict), quick, "{form}");
    }
}

#[test]
fn a_rejection_names_the_first_error() {
    for (event, rule, pointer) in [
        (with(r#""id":"5"#, r#""id":x5"#), "ING-J-SYNTAX", "/id"),
        (
            with(r#""1.0""#, r#""0.3""#),
            "ING-E-SPECVERSION",
            "/specversion",
        ),
        (
            with("/ingenium/strategy/rsi", "not a uri"),
            "ING-E-URI",
            "/source",
        ),
        (
            with("ingenium.strategy.signal\"", "ingenium.strategy.whim\""),
            "ING-C-TYPE-UNKNOWN",
            "/type",
        ),
        (with("LONG", "long"), "ING-P-ENUM", "/data/Signal"),
        (
            with(r#","Signal":"LONG""#, ""),
            "ING-P-REQUIRED",
            "/data/Signal",
        ),
        (
            with(r#","data":{"Symbol":"AAPL","Signal":"LONG"}"#, ""),
            "ING-C-NO-DATA",
            "/data",
        ),
        (
            with(r#"{"Symbol""#, r#"{"Qty":"1","Symbol""#),
            "ING-P-UNKNOWN-MEMBER",
            "/data/Qty",
        ),
        (with(r#""LONG"}}"#, r#""LONG"}}}"#), "ING-J-TRAILING", ""),
    ] {
        let rejection = decode(event.as_bytes(), View::Strict).expect_err("refused");
        assert_eq!(
            (rejection.rule, rejection.pointer.as_str()),
            (rule, pointer),
            "{event}"
        );
        let verdict = validate_structured(&event.clone().into(), View::Strict);
        assert!(
            verdict
                .findings
                .iter()
                .any(|f| f.rule == rule && f.pointer == pointer),
            "{:#?}",
            verdict.findings
        );
    }
}

/// What travels in binary mode only, is no structured event of another mode by accident.
#[test]
fn the_views_differ_as_the_schemas_do() {
    let later = with(r#"{"Symbol""#, r#"{"Mood":"good","Symbol""#);
    assert!(decode(later.as_bytes(), View::Reader).is_ok());
    assert!(decode(later.as_bytes(), View::Strict).is_err());
    let bare = r#"{"specversion":"1.0","id":"1","source":"x","type":"ingenium.strategy.signal","data":{"Symbol":"AAPL","Signal":"LONG"}}"#;
    let event = decode(bare.as_bytes(), View::Reader).expect("a receiver asks for little");
    assert_eq!(event.payload.event_type(), EventType::StrategySignal);
    assert_eq!(event.time, None);
    assert!(decode(bare.as_bytes(), View::Strict).is_err());
}
