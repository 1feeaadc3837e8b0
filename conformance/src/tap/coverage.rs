//! How much of the contract has passed: event types, branches of unions, values of enumerations, optional members.

use std::collections::{BTreeMap, BTreeSet};

use ingenium_contract::AUTHORED;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::emission::Message;

/// What may pass, and what has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// By event type: the members (`Data.Open`) and values (`Type=LIMIT`) that its schema names, and whether they were
    /// seen.
    types: BTreeMap<String, BTreeMap<String, bool>>,
}

impl Coverage {
    /// Of the whole contract, and nothing seen.
    #[must_use]
    pub fn new() -> Self {
        let mut types = BTreeMap::new();
        for (path, text) in AUTHORED {
            let name = path
                .strip_prefix("schemas/events/")
                .and_then(|name| name.strip_suffix(".schema.json"));
            let (Some(name), Ok(schema)) = (name, serde_json::from_str::<Value>(text)) else {
                continue;
            };
            let mut places = BTreeSet::new();
            walk(&schema, &schema, "", &mut places);
            let places = places.into_iter().map(|place| (place, false)).collect();
            types.insert(format!("ingenium.{name}"), places);
        }
        Self { types }
    }

    /// An event has passed.
    pub(super) fn take(&mut self, event_type: &str, message: &Message) {
        let Some(places) = self.types.get_mut(event_type) else {
            return;
        };
        let Ok(mut data) = serde_json::from_slice::<Value>(&message.body) else {
            return;
        };
        let is_structured = message.headers.iter().any(|(name, value)| {
            name == "content-type" && value.starts_with(b"application/cloudevents+json")
        });
        if is_structured {
            data = data["data"].take();
        }
        mark(&data, "", places);
    }

    /// How many places there are, and how many were seen; of these types, or of all.
    #[must_use]
    pub fn counts(&self, of: &[String]) -> (usize, usize) {
        let wanted = |name: &String| of.is_empty() || of.contains(name);
        let types = self.types.iter().filter(|(name, _)| wanted(name));
        types.fold((0, 0), |(seen, all), (_, places)| {
            let here = places.values().filter(|seen| **seen).count();
            (seen + here, all + places.len())
        })
    }

    /// How much of these types has passed, in percent, rounded down; of all types where none is named.
    #[must_use]
    pub fn percent(&self, of: &[String]) -> usize {
        let (seen, all) = self.counts(of);
        (seen * 100).checked_div(all).unwrap_or(0)
    }

    /// The names of all event types.
    pub fn types(&self) -> impl Iterator<Item = &String> {
        self.types.keys()
    }
}

fn walk(schema: &Value, root: &Value, path: &str, places: &mut BTreeSet<String>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        // `false` forbids the member in this branch.
        if !member.is_object() {
            continue;
        }
        let place = join(path, name);
        values(member, root, &place, places);
        places.insert(place.clone());
        walk(member, root, &place, places);
    }
    for branches in ["oneOf", "anyOf", "allOf"] {
        for branch in schema[branches].as_array().into_iter().flatten() {
            walk(branch, root, path, places);
        }
    }
    if let Some(target) = referred(schema, root) {
        walk(target, root, path, places);
    }
}

fn values(schema: &Value, root: &Value, place: &str, places: &mut BTreeSet<String>) {
    let named = schema["enum"].as_array().into_iter().flatten();
    for value in named.chain([&schema["const"]]).filter_map(Value::as_str) {
        places.insert(format!("{place}={value}"));
    }
    if let Some(target) = referred(schema, root) {
        values(target, root, place, places);
    }
}

/// The schema that a local reference means. What other documents define are scalars without names of their own.
fn referred<'a>(schema: &Value, root: &'a Value) -> Option<&'a Value> {
    let pointer = schema["$ref"].as_str()?.strip_prefix('#')?;
    root.pointer(pointer)
}

fn mark(data: &Value, path: &str, places: &mut BTreeMap<String, bool>) {
    for (name, member) in data.as_object().into_iter().flatten() {
        let place = join(path, name);
        let value = member.as_str().map(|text| format!("{place}={text}"));
        for place in [Some(&place), value.as_ref()].into_iter().flatten() {
            if let Some(seen) = places.get_mut(place) {
                *seen = true;
            }
        }
        mark(member, &place, places);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
