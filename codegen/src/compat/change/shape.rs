//! Pieces of a schema, as changes speak of them.

use std::collections::BTreeMap;

use serde_json::{Map as Object, Value};

use crate::compat::leaf::{ANNOTATIONS, resolve};

/// References and members are followed so deep.
const MAX_DEPTH: usize = 32;

pub(super) fn members(schema: &Value) -> BTreeMap<&str, &Value> {
    let members = schema.get("properties").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.as_str(), member))
        .collect()
}

pub(super) fn required(schema: &Value) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The branches of `oneOf`, each with the values of its tag.
pub(super) fn branches(schema: &Value) -> Vec<(String, &Value)> {
    let branches = schema.get("oneOf").and_then(Value::as_array);
    let tag = |branch: &Value| {
        let mut tags = members(branch).into_values();
        let tag = tags.find_map(|member| member.get("const").or_else(|| member.get("enum")));
        tag.map_or("any other value".to_owned(), ToString::to_string)
    };
    branches
        .into_iter()
        .flatten()
        .map(|branch| (tag(branch), branch))
        .collect()
}

pub(super) fn values(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("enum").and_then(Value::as_array)
}

pub(super) fn shape(schema: &Value) -> &'static str {
    let has = |name: &str| schema.get(name).is_some();
    match schema.get("type").and_then(Value::as_str) {
        _ if has("enum") => "an enumeration",
        _ if has("const") => "a constant",
        Some("string") => "a text",
        Some("boolean") => "a truth value",
        Some("array") => "a list",
        Some("object") if has("propertyNames") => "a map",
        Some("object") => "an object",
        _ => "anything",
    }
}

/// The patterns of a text.
pub(super) fn form(schema: &Value) -> String {
    let mut forms = Vec::new();
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        forms.push(format!("`{pattern}`"));
    }
    for part in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        forms.push(form(part));
    }
    if let Some(pattern) = schema.pointer("/not/pattern").and_then(Value::as_str) {
        forms.push(format!("not `{pattern}`"));
    }
    for limit in ["minLength", "maxLength"] {
        if let Some(length) = schema.get(limit) {
            forms.push(format!("{limit} {length}"));
        }
    }
    forms.join(" and ")
}

/// The schema without words, references replaced by what they lead to.
pub(super) fn plain(schema: &Value, root: &Value, depth: usize) -> Value {
    let Some(object) = schema.as_object().filter(|_| depth < MAX_DEPTH) else {
        return schema.clone();
    };
    let mut out = Object::new();
    let mut target = None;
    for (keyword, value) in object {
        match (keyword.as_str(), value) {
            ("$ref", Value::String(name)) => {
                target = resolve(root, name).map(|target| plain(target, root, depth + 1));
            }
            ("properties", Value::Object(members)) => {
                let members = members.iter();
                let members =
                    members.map(|(name, member)| (name.clone(), plain(member, root, depth + 1)));
                out.insert(keyword.clone(), Value::Object(members.collect()));
            }
            ("oneOf", Value::Array(parts)) => {
                let parts = parts.iter().map(|part| plain(part, root, depth + 1));
                out.insert(keyword.clone(), parts.collect());
            }
            ("items" | "propertyNames" | "additionalProperties", value) => {
                out.insert(keyword.clone(), plain(value, root, depth + 1));
            }
            ("$defs", _) => {}
            (other, _) if ANNOTATIONS.contains(&other) => {}
            (other, value) => {
                out.insert(other.to_owned(), value.clone());
            }
        }
    }
    match target {
        Some(target) if out.is_empty() => target,
        Some(Value::Object(mut target)) => {
            // A refinement: what it adds stands beside what it refines.
            let narrowed = Value::Object(out);
            target.insert("allOf".to_owned(), Value::Array(vec![narrowed]));
            Value::Object(target)
        }
        _ => Value::Object(out),
    }
}
