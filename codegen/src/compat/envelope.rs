//! The attributes around every payload: the profile of one contract against the profile of the other.

use serde_json::{Map as Object, Value, json};

use super::alphabet::Alphabets;
use super::change::{Change, Kind};
use super::contract::Contract;
use super::leaf::resolve;
use super::{Comparison, Mode, Verdict, contained};

/// The comparison of the envelopes, if both contracts have theirs.
///
/// What a producer of one contract emits must be what the other one lets a producer emit: between roles the judge is the
/// profile. Attributes that it does not list are legal in both.
pub(super) fn compare(
    old: &Contract,
    new: &Contract,
    alphabets: &mut Alphabets,
) -> Option<Comparison> {
    let (before, after) = (old.envelope.as_ref()?, new.envelope.as_ref()?);
    let (olds, news) = (attributes(before), attributes(after));
    let empty = Object::new();
    let members = |schema: &Value| schema["properties"].as_object().unwrap_or(&empty).clone();
    let (was, is) = (members(&olds), members(&news));
    let required = |schema: &Value, name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|other| other == name))
    };
    let mut changes = Vec::new();
    for (name, schema) in &is {
        let at = format!("/properties/{name}");
        match was.get(name) {
            None => changes.push(Change::new(
                Kind::AttributeAdded,
                &at,
                format!("`{name}` is new"),
            )),
            Some(other) => {
                if other != schema {
                    changes.push(Change::new(
                        Kind::AttributeChanged,
                        &at,
                        format!("`{name}` has another form"),
                    ));
                }
                match (required(&olds, name), required(&news, name)) {
                    (false, true) => changes.push(Change::new(
                        Kind::AttributeChanged,
                        &at,
                        format!("`{name}` became required"),
                    )),
                    (true, false) => changes.push(Change::new(
                        Kind::AttributeChanged,
                        &at,
                        format!("`{name}` became optional"),
                    )),
                    _ => {}
                }
            }
        }
    }
    for name in was.keys().filter(|name| !is.contains_key(*name)) {
        let at = format!("/properties/{name}");
        changes.push(Change::new(
            Kind::AttributeRemoved,
            &at,
            format!("`{name}` is gone"),
        ));
    }
    let rest = |envelope: &Value| -> Vec<Value> {
        let rules = ["additionalProperties", "propertyNames", "not"].into_iter();
        rules
            .filter_map(|name| Some(inlined(envelope.get(name)?, envelope, 0)))
            .collect()
    };
    let mut verdict = |producer: &Value, consumer: &Value| {
        if rest(&before.0) != rest(&after.0) {
            let reason =
                "the rules for attributes that are not listed changed: they are not compared";
            return Verdict::Unknown(reason.to_owned());
        }
        // What a producer adds on its own account is neither contract's.
        let mut producer = producer.clone();
        producer["additionalProperties"] = Value::Bool(false);
        contained(&producer, consumer, std::iter::empty(), alphabets)
    };
    let mut consumers: Vec<String> = new
        .events
        .iter()
        .flat_map(|event| event.entry.consumed_by.clone())
        .collect();
    consumers.sort();
    consumers.dedup();
    let drafts = new
        .events
        .iter()
        .all(|event| event.entry.compatibility == "none");
    Some(Comparison {
        subject: "envelope".to_owned(),
        file: "schemas/cloudevents/ingenium-profile.schema.json".to_owned(),
        consumers,
        mode: if drafts { Mode::None } else { Mode::Full },
        changes,
        backward: verdict(&olds, &news),
        forward: verdict(&news, &olds),
    })
}

/// Envelope and profile as one open object, references inlined: what each says about an attribute stands side by side.
fn attributes((envelope, profile): &(Value, Value)) -> Value {
    let mut members = Object::new();
    let mut required = Vec::new();
    for root in [envelope, profile] {
        for (name, schema) in root["properties"].as_object().into_iter().flatten() {
            let part = inlined(schema, root, 0);
            let parts = members.entry(name.clone()).or_insert_with(|| json!([]));
            parts
                .as_array_mut()
                .into_iter()
                .for_each(|parts| parts.push(part.clone()));
        }
        required.extend(root["required"].as_array().into_iter().flatten().cloned());
    }
    required.sort_by_key(ToString::to_string);
    required.dedup();
    let members: Object<String, Value> = members
        .into_iter()
        .map(|(name, parts)| {
            let forbidden = parts
                .as_array()
                .is_some_and(|parts| parts.contains(&Value::Bool(false)));
            (
                name,
                if forbidden {
                    Value::Bool(false)
                } else {
                    json!({ "allOf": parts })
                },
            )
        })
        .collect();
    json!({ "type": "object", "properties": members, "required": required })
}

fn inlined(schema: &Value, root: &Value, depth: usize) -> Value {
    let Some(object) = schema.as_object().filter(|_| depth < 8) else {
        return schema.clone();
    };
    let mut out = Object::new();
    for (keyword, value) in object {
        match (
            keyword.as_str(),
            value.as_str().and_then(|name| resolve(root, name)),
        ) {
            ("$ref", Some(target)) => {
                out.insert(
                    "allOf".to_owned(),
                    json!([inlined(target, root, depth + 1)]),
                );
            }
            ("description", _) => {}
            _ => {
                out.insert(keyword.clone(), value.clone());
            }
        }
    }
    Value::Object(out)
}
