//! One value of the tag at a time: what a tag table or a tagged union says about it, without `oneOf`.

use serde_json::{Map as Object, Value, json};

/// The member that every branch of `oneOf` speaks of as an enumeration.
pub(super) fn tag(schema: &Value) -> Option<String> {
    let branches = schema.get("oneOf")?.as_array()?;
    let first = branches.first()?;
    let is_leaf = |branch: &Value, name: &str| {
        let member = branch
            .get("properties")
            .and_then(|members| members.get(name));
        member.is_some_and(|member| {
            member.get("enum").is_some() || member.pointer("/not/enum").is_some()
        })
    };
    let names = first.get("properties")?.as_object()?.keys();
    let mut tags = names.filter(|name| branches.iter().all(|branch| is_leaf(branch, name)));
    tags.next().cloned()
}

/// What is left of an abstract schema where the tag has this value; nothing if it accepts none such.
pub(super) fn of(schema: &Value, tag: &str, value: &Value) -> Option<Value> {
    let mut out = schema.as_object()?.clone();
    let mut members = out
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if !members.get(tag).is_none_or(|member| accepts(member, value)) {
        return None;
    }
    members.insert(tag.to_owned(), json!({ "enum": [value] }));
    if let Some(Value::Array(branches)) = out.remove("oneOf") {
        let fitting = branches.into_iter().filter(|branch| {
            let member = branch
                .get("properties")
                .and_then(|members| members.get(tag));
            member.is_none_or(|member| accepts(member, value))
        });
        let mut fitting: Vec<Value> = fitting.collect();
        match fitting.len() {
            0 => return None,
            1 => merge(&mut members, &mut out, &fitting.remove(0)),
            _ => {
                out.insert("oneOf".to_owned(), Value::Array(fitting));
            }
        }
    }
    out.insert("properties".to_owned(), Value::Object(members));
    Some(Value::Object(out))
}

fn accepts(member: &Value, value: &Value) -> bool {
    let lists = |list: Option<&Value>| {
        list.and_then(Value::as_array)
            .map(|values| values.contains(value))
    };
    lists(member.get("enum")).unwrap_or(true)
        && !lists(member.pointer("/not/enum")).unwrap_or(false)
}

/// The only branch that is left says the rest.
fn merge(members: &mut Object<String, Value>, out: &mut Object<String, Value>, branch: &Value) {
    for (name, member) in branch
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let both = match members.get(name) {
            Some(Value::Object(other)) if !other.is_empty() => match member {
                Value::Object(_) => json!({ "allOf": [other, member] }),
                _ => member.clone(),
            },
            _ => member.clone(),
        };
        members.insert(name.clone(), both);
    }
    let required = branch.get("required").and_then(Value::as_array);
    let mut all: Vec<Value> = [out.get("required").and_then(Value::as_array), required]
        .into_iter()
        .flatten()
        .flatten()
        .cloned()
        .collect();
    all.sort_by_key(ToString::to_string);
    all.dedup();
    out.insert("required".to_owned(), Value::Array(all));
}
