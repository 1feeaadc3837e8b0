//! Every payload vector through the decoder, in both views, with the rule and the place that it must name.

use ingenium_types::{EventType, Payload, View};
use serde_json::Value;

/// Calls `check` with each payload vector, its name and the bytes of its data.
pub(crate) fn each(mut check: impl FnMut(EventType, &str, &Value, &[u8])) {
    let mut count = 0;
    for &event_type in EventType::ALL {
        let name = event_type.as_str().strip_prefix("ingenium.").unwrap();
        for kind in ["valid", "invalid"] {
            let folder = crate::repository()
                .join("schemas/vectors")
                .join(name)
                .join(kind);
            let mut paths: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            for path in paths {
                let text = std::fs::read(&path).unwrap();
                let vector: Value = serde_json::from_slice(&text).unwrap();
                let stem = path.file_stem().unwrap().to_str().unwrap();
                assert_eq!(vector["id"], stem, "the id of a vector is its file's name");
                assert_eq!(vector["valid"], kind == "valid", "{stem}");
                let data = serde_json::to_vec(&vector["data"]).unwrap();
                check(event_type, stem, &vector, &data);
                count += 1;
            }
        }
    }
    assert!(count > 400, "only {count} vectors were found");
}

fn has_view(vector: &Value, view: &str) -> bool {
    vector["views"]
        .as_array()
        .unwrap()
        .contains(&Value::from(view))
}

/// An invalid vector gives the reason for the views that it lists. Where it lists the strict view alone, the reader
/// view accepts; where it lists the reader view alone, the strict view has another reason of its own.
#[test]
fn verdicts_rules_and_places_are_as_the_vectors_say() {
    let mut wrong = Vec::new();
    each(|event_type, name, vector, data| {
        for (view, view_name) in [(View::Strict, "strict"), (View::Reader, "reader")] {
            let found = match Payload::decode(event_type, data, view) {
                Ok(_) => "accepted".to_owned(),
                Err(refusal) => format!("{} at {}", refusal.rule, refusal.pointer),
            };
            let listed = has_view(vector, view_name);
            let as_expected = if vector["valid"] == true {
                assert!(listed, "{name}: a valid vector is valid in both views");
                found == "accepted"
            } else if listed {
                let text = |member: &str| vector["reject"][member].as_str().unwrap();
                found == format!("{} at {}", text("rule"), text("at"))
            } else {
                (found == "accepted") == (view == View::Reader)
            };
            if !as_expected {
                wrong.push(format!("{name} ({view_name}): {found}"));
            }
        }
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_refusal_points_into_the_bytes() {
    each(|event_type, name, _, data| {
        if let Err(refusal) = Payload::decode(event_type, data, View::Strict) {
            let span = &refusal.span;
            assert!(
                span.start <= span.end && span.end <= data.len(),
                "{name}: {span:?}"
            );
        }
    });
}

#[test]
fn encode_undoes_decode() {
    each(|event_type, name, vector, data| {
        if vector["valid"] == false {
            return;
        }
        let payload = Payload::decode(event_type, data, View::Strict).unwrap();
        let bytes = payload.encode();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        // Equal as JSON and strings byte for byte, so decimals keep their text.
        assert_eq!(value, vector["data"], "{name}");
        let again = Payload::decode(event_type, &bytes, View::Strict).unwrap();
        assert_eq!(again, payload, "{name}");
        assert_eq!(again.encode(), bytes, "{name}");
        assert_eq!(payload.event_type(), event_type, "{name}");
    });
}

/// The order of properties in the schema is the order of members on the wire.
#[test]
fn members_are_written_in_schema_order() {
    each(|event_type, name, vector, data| {
        if vector["valid"] == false {
            return;
        }
        let file = event_type.as_str().strip_prefix("ingenium.").unwrap();
        let path = format!("schemas/dist/strict/{file}.json");
        let schema = std::fs::read_to_string(crate::repository().join(path)).unwrap();
        let bytes = Payload::decode(event_type, data, View::Strict)
            .unwrap()
            .encode();
        let written = member_names(std::str::from_utf8(&bytes).unwrap());
        let places: Vec<usize> = written
            .iter()
            .map(|member| schema.find(&format!("\n    \"{member}\": {{")).unwrap())
            .collect();
        assert!(places.is_sorted(), "{name}: {written:?}");
    });
}

/// The names of the outermost members, in order.
fn member_names(json: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut reader = ingenium_types::Reader::new(json.as_bytes(), View::Reader);
    reader
        .object(|reader, name| {
            names.push(name.to_owned());
            reader.skip().map(drop)
        })
        .unwrap();
    names
}

#[test]
fn stored_events_come_back() {
    each(|event_type, name, vector, data| {
        if vector["valid"] == false {
            return;
        }
        let payload = Payload::decode(event_type, data, View::Strict).unwrap();
        let text = serde_json::to_string(&payload).unwrap();
        let back: Payload = match payload {
            Payload::IngestorData(_) => Payload::IngestorData(serde_json::from_str(&text).unwrap()),
            Payload::StrategySignal(_) => {
                Payload::StrategySignal(serde_json::from_str(&text).unwrap())
            }
            Payload::PortfolioOrder(_) => {
                Payload::PortfolioOrder(serde_json::from_str(&text).unwrap())
            }
            Payload::PortfolioCancel(_) => {
                Payload::PortfolioCancel(serde_json::from_str(&text).unwrap())
            }
            Payload::ExecutorExecution(_) => {
                Payload::ExecutorExecution(serde_json::from_str(&text).unwrap())
            }
        };
        assert_eq!(back, payload, "{name}");
    });
}
