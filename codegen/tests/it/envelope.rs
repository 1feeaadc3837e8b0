//! The envelope schema refuses what the official CloudEvents schema lets through; the profile adds our rules.

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::tree::repository;

fn read(file: &str) -> Value {
    let path = repository().join("schemas/cloudevents").join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn validator(file: &str) -> Validator {
    let envelope = read("envelope.schema.json");
    let id = envelope["$id"].as_str().unwrap().to_owned();
    let registry = Registry::new()
        .add(id, envelope)
        .unwrap()
        .prepare()
        .unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&read(file))
        .unwrap()
}

fn bar() -> Value {
    json!({
        "specversion": "1.0",
        "id": "bb3c0cd8-ab0f-50c7-8965-753ec786dc0a",
        "source": "/ingenium/ingestor/csv",
        "type": "ingenium.ingestor.data",
        "datacontenttype": "application/json",
        "time": "2020-10-01T00:00:00Z",
        "subject": "AAPL",
        "data": {},
    })
}

/// The event with one member replaced, or removed for null.
fn with(member: &str, value: Value) -> Value {
    let mut event = bar();
    let members = event.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    event
}

#[test]
fn the_envelope_accepts_what_the_specification_allows() {
    let validator = validator("envelope.schema.json");
    for (member, value) in [
        ("subject", json!("AAPL")),
        ("time", Value::Null),
        ("time", json!("2020-10-01T00:00:00.5+02:00")),
        ("source", json!("https://example.com/feed?x=1#y")),
        (
            "datacontenttype",
            json!("application/json; charset=\"utf-8\""),
        ),
        ("knativearrivaltime", json!("2020-10-01T00:00:00Z")),
        ("flag", json!(true)),
        ("count", json!(-2_147_483_648_i64)),
        ("data", json!([1])),
        ("empty", json!("")),
    ] {
        assert!(
            validator.is_valid(&with(member, value.clone())),
            "{member}: {value}"
        );
    }
    let mut bytes = with("data", Value::Null);
    bytes["data_base64"] = json!("e30=");
    assert!(validator.is_valid(&bytes));
}

#[test]
fn the_envelope_refuses_what_the_official_schema_lets_through() {
    let validator = validator("envelope.schema.json");
    for (member, value) in [
        ("specversion", json!("9.9")),
        ("specversion", Value::Null),
        ("id", json!("")),
        ("id", json!("a\u{7}")),
        ("source", json!("a b")),
        ("source", json!("")),
        ("type", Value::Null),
        ("traceParent", json!("x")),
        ("my-extension", json!("x")),
        ("object", json!({})),
        ("list", json!([])),
        ("fraction", json!(1.5)),
        ("large", json!(2_147_483_648_i64)),
        ("control", json!("a\nb")),
        ("noncharacter", json!("\u{fffe}")),
        ("datacontenttype", json!("json")),
        ("datacontenttype", json!("application/json;")),
        ("time", json!("2020-10-01")),
        ("time", json!("2020-10-01T00:00:00")),
        ("time", json!("2020-10-01T00:00:00Z\n")),
        ("dataschema", json!("relative")),
        ("data_base64", json!("e30=")),
    ] {
        assert!(
            !validator.is_valid(&with(member, value.clone())),
            "{member}: {value}"
        );
    }
    let mut bytes = with("data", Value::Null);
    bytes["data_base64"] = json!("e30");
    assert!(!validator.is_valid(&bytes), "padding is missing");
}

#[test]
fn the_profile_accepts_what_reference_components_emit() {
    let validator = validator("ingenium-profile.schema.json");
    for (member, value) in [
        ("subject", json!("BTC/USDT:USDT")),
        ("source", json!("/ingenium/executor/sim/2")),
        ("type", json!("ingenium.portfolio.order.v2")),
        (
            "dataschema",
            json!("https://schemas.ingenium.example/1/portfolio.order.json"),
        ),
        (
            "dataschema",
            json!("https://schemas.ingenium.example/1.2/portfolio.order.json"),
        ),
        ("partitionkey", json!("main")),
        ("sequence", json!("00000000000000000042")),
        (
            "traceparent",
            json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ),
        ("ingeniumreplay", json!("true")),
        ("recordedtime", json!("2020-10-01T00:00:00.000123Z")),
        ("knativearrivaltime", json!("any")),
    ] {
        assert!(
            validator.is_valid(&with(member, value.clone())),
            "{member}: {value}"
        );
    }
}

#[test]
fn the_profile_refuses_what_only_receivers_tolerate() {
    let validator = validator("ingenium-profile.schema.json");
    for (member, value) in [
        ("id", json!("0a1b2c3d-0000-4000-8000-000000000000")),
        ("source", json!("https://example.com/feed")),
        ("type", json!("com.example.thing")),
        ("time", Value::Null),
        ("time", json!("2020-10-01T00:00:00+00:00")),
        ("datacontenttype", Value::Null),
        ("datacontenttype", json!("application/cloudevents+json")),
        ("subject", json!("A B")),
        ("partitionkey", json!(7)),
        ("partitionkey", json!("a%20b")),
        ("sequence", json!("42")),
        (
            "traceparent",
            json!("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        ),
        (
            "traceparent",
            json!("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
        ),
        ("ingeniumreplay", json!(true)),
        ("ingeniumrun", json!("run 1")),
        ("specversion", json!("0.3")),
        ("data", json!([])),
    ] {
        assert!(
            !validator.is_valid(&with(member, value.clone())),
            "{member}: {value}"
        );
    }
}
