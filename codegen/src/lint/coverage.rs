//! What vectors show: every member, every value, every variant and row, and every required member missing.

use serde_json::Value;

use super::walk::{Role, places};
use super::{File, Schemas, VECTOR_COVERAGE};
use crate::catalog::Entry;
use crate::error::{Error, Errors};
use crate::json::{Json, Object};
use crate::tree::Tree;

/// Valid vectors that an event type needs at least.
const FEWEST: usize = 3;

pub(super) fn check(tree: &Tree, schemas: &Schemas, errors: &mut Errors) {
    for (entry, file) in &schemas.events {
        let (valid, invalid) = (
            vectors(tree, entry, "valid"),
            vectors(tree, entry, "invalid"),
        );
        let mut say = |pointer: &str, message: String| {
            errors.push(Error::new(VECTOR_COVERAGE, &file.name, pointer, message));
        };
        if valid.len() < FEWEST {
            let message = format!("{} valid vectors, fewer than {FEWEST}", valid.len());
            say("", message);
        }
        for place in places(file) {
            match place.role {
                Role::Member(name) => {
                    if !valid.iter().any(|data| has(data, name, None)) {
                        say(&place.pointer, format!("no valid vector has `{name}`"));
                    }
                    let values = enumeration(place.schema, file, &schemas.common);
                    for value in values.unwrap_or_default().iter().filter_map(Json::as_str) {
                        if !valid.iter().any(|data| has(data, name, Some(value))) {
                            say(
                                &place.pointer,
                                format!("no valid vector has `{name}` `{value}`"),
                            );
                        }
                    }
                }
                Role::Condition(name) => {
                    if let Some(value) = place.schema.get("const").and_then(Json::as_str)
                        && !valid.iter().any(|data| has(data, name, Some(value)))
                    {
                        say(
                            &place.pointer,
                            format!("no valid vector has `{name}` `{value}`"),
                        );
                    }
                }
                _ => {}
            }
            let required = place.schema.get("required").and_then(Json::as_array);
            let at_root = place.pointer.is_empty();
            for name in required.unwrap_or_default().iter().filter_map(Json::as_str) {
                if at_root && !invalid.iter().any(|data| !has(data, name, None)) {
                    say("/required", format!("no invalid vector lacks `{name}`"));
                }
            }
        }
    }
}

/// The values of the enumeration that a member refers to.
fn enumeration<'a>(member: &Object, file: &'a File, common: &'a File) -> Option<&'a [Json]> {
    let reference = member.get("$ref")?.as_str()?;
    let (home, name) = reference.split_once("#/$defs/")?;
    let file = if home.is_empty() { file } else { common };
    file.json.get("$defs")?.get(name)?.get("enum")?.as_array()
}

/// The payloads of the vectors; what cannot be read shows nothing.
fn vectors(tree: &Tree, entry: &Entry, kind: &str) -> Vec<Value> {
    let folder = format!("schemas/vectors/{}/{kind}/", entry.name());
    tree.below(&folder)
        .filter_map(|(_, bytes)| {
            let mut vector: Value = serde_json::from_slice(bytes).ok()?;
            Some(vector.get_mut("data")?.take())
        })
        .collect()
}

/// Whether an object, at any depth, has the member `name`, with `value` where one is given.
fn has(data: &Value, name: &str, value: Option<&str>) -> bool {
    match data {
        Value::Object(members) => {
            let found = members
                .get(name)
                .is_some_and(|found| value.is_none_or(|value| found == value));
            found || members.values().any(|inner| has(inner, name, value))
        }
        Value::Array(items) => items.iter().any(|inner| has(inner, name, value)),
        _ => false,
    }
}
