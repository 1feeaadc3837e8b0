//! What is judged: the repository's own valid vectors, bare and in the envelope that the reference components write.

use std::path::{Path, PathBuf};

use ingenium_contract::envelope::to_structured;
use ingenium_contract::{AttributeValue, CloudEvent, Time};
use ingenium_types::{EventType, Payload, View};
use serde_json::Value;

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The payloads of the valid vectors of `event_type` that `keep` says yes to, in canonical form.
pub(crate) fn payloads(event_type: EventType, keep: impl Fn(&Value) -> bool) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    for vector in vectors(event_type, "valid") {
        if keep(&vector["data"]) {
            let bytes = vector["data"].to_string();
            let payload = Payload::decode(event_type, bytes.as_bytes(), View::Strict)
                .expect("a valid vector is valid");
            payloads.push(payload.encode());
        }
    }
    assert!(!payloads.is_empty(), "{event_type} has vectors");
    payloads
}

/// The payloads of the invalid vectors that the strict view refuses.
pub(crate) fn invalid(event_type: EventType) -> Vec<Vec<u8>> {
    vectors(event_type, "invalid")
        .iter()
        .map(|vector| vector["data"].to_string().into_bytes())
        .collect()
}

fn vectors(event_type: EventType, kind: &str) -> Vec<Value> {
    let name = event_type.as_str().trim_start_matches("ingenium.");
    let folder = repository().join("schemas/vectors").join(name).join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the repository has vectors")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let bytes = std::fs::read(file).expect("a readable vector");
            serde_json::from_slice(&bytes).expect("a vector is JSON")
        })
        .collect()
}

/// Every valid payload in the envelope that a reference component gives it, in canonical key order.
pub(crate) fn events() -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    for &event_type in EventType::ALL {
        for payload in payloads(event_type, |_| true) {
            events.push(event(event_type, &payload));
        }
    }
    events
}

fn event(event_type: EventType, data: &[u8]) -> Vec<u8> {
    let payload = Payload::decode(event_type, data, View::Strict).expect("a valid payload");
    let role = event_type.as_str().split('.').nth(1).expect("a role");
    let mut event = CloudEvent::json(
        "bb3c0cd8-ab0f-50c7-8965-753ec786dc0a",
        format!("/ingenium/{role}/reference"),
        event_type.as_str(),
        data.to_vec(),
    );
    event.subject = Some(payload.symbol().to_string());
    event.time = Time::parse("2030-10-01T00:00:00Z");
    event.dataschema = Some(event_type.schema_id().to_owned());
    for (name, value) in [
        ("recordedtime", "2030-10-01T00:00:00.123456Z"),
        ("partitionkey", payload.partition_key().unwrap_or("main")),
        ("correlationid", "3f0f4b8e-5d6a-5c59-9d0c-1f4d1c1b8a77"),
        ("causationid", "3f0f4b8e-5d6a-5c59-9d0c-1f4d1c1b8a77"),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
    ] {
        event.set_extension(name, AttributeValue::from(value));
    }
    to_structured(&event)
}

/// Writes events, one a line, to where peers in other languages find them.
pub(crate) fn keep(name: &str, events: &[Vec<u8>]) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.ndjson"));
    let mut lines = events.join(&b'\n');
    lines.push(b'\n');
    std::fs::write(file, lines).expect("a writable target folder");
}

/// The same events with the members of every object in another order, the same order in every run.
pub(crate) fn shuffled(events: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut seed = 1_u64;
    events
        .iter()
        .map(|event| {
            let value: Value = serde_json::from_slice(event).expect("an event is JSON");
            let mut text = String::new();
            write(&value, &mut seed, &mut text);
            text.into_bytes()
        })
        .collect()
}

fn write(value: &Value, seed: &mut u64, text: &mut String) {
    let Value::Object(members) = value else {
        return text.push_str(&value.to_string());
    };
    let mut members: Vec<_> = members.iter().collect();
    for last in (1..members.len()).rev() {
        // An LCG of 64 bits: the order matters to nobody, only that it stays.
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(*seed >> 33).expect("31 bits") % (last + 1);
        members.swap(last, other);
    }
    text.push('{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, seed, text);
    }
    text.push('}');
}
