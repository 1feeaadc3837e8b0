//! What can be done to one keyword so that a schema means something else.

use serde_json::{Value, json};

/// A changed keyword: what was done, and what stands there now; `None` where the keyword is gone.
pub(crate) struct Change {
    pub(crate) what: String,
    pub(crate) value: Option<Value>,
}

/// Keywords that say nothing about validity.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "examples",
    "deprecated",
    "x-ingenium-extensible",
    "x-ingenium-replaced-by",
];

/// All changes of `keyword`.
pub(crate) fn changes(keyword: &str, value: &Value) -> Vec<Change> {
    if ANNOTATIONS.contains(&keyword) || keyword == "$defs" {
        return Vec::new();
    }
    let mut changes = Vec::new();
    match (keyword, value) {
        // Deleting all of them at once would say less than deleting one at a time.
        ("required" | "oneOf" | "enum", Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                let mut rest = items.clone();
                rest.remove(index);
                changes.push(Change {
                    what: format!("without {}", short(item)),
                    value: Some(Value::Array(rest)),
                });
            }
        }
        ("properties", Value::Object(members)) => {
            for name in members.keys() {
                let mut rest = members.clone();
                rest.remove(name);
                changes.push(Change {
                    what: format!("without {name}"),
                    value: Some(Value::Object(rest)),
                });
            }
        }
        _ => changes.push(Change {
            what: "deleted".to_owned(),
            value: None,
        }),
    }
    match (keyword, value) {
        ("enum", Value::Array(items)) => {
            let mut more = items.clone();
            more.extend(items.first().map(other_case));
            changes.push(Change {
                what: "with its first value in lower case".to_owned(),
                value: Some(Value::Array(more)),
            });
        }
        ("const", value) => changes.push(Change {
            what: "swapped".to_owned(),
            value: Some(other_case(value)),
        }),
        ("maxLength" | "maxItems" | "maxProperties", Value::Number(number)) => {
            let most = number.as_u64().unwrap();
            changes.push(Change {
                what: format!("raised to {}", most + 1),
                value: Some(json!(most + 1)),
            });
        }
        ("pattern", Value::String(pattern)) => changes.extend(patterns(pattern)),
        _ => {}
    }
    changes
}

/// A pattern without an anchor, or with one bound wider.
fn patterns(pattern: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |what: String, pattern: String| {
        changes.push(Change {
            what,
            value: Some(Value::String(pattern)),
        });
    };
    if let Some(rest) = pattern.strip_prefix('^') {
        add("without its first anchor".to_owned(), rest.to_owned());
    }
    if let Some(rest) = pattern.strip_suffix('$') {
        add("without its last anchor".to_owned(), rest.to_owned());
    }
    for (start, _) in pattern.match_indices('{') {
        let end = start + pattern[start..].find('}').unwrap();
        let bounds = &pattern[start + 1..end];
        let (least, most) = bounds.split_once(',').unwrap_or((bounds, bounds));
        let most: u32 = most.parse().unwrap();
        let wider = format!(
            "{}{{{least},{}}}{}",
            &pattern[..start],
            most + 1,
            &pattern[end + 1..]
        );
        add(format!("with {{{bounds}}} at {start} wider by one"), wider);
    }
    changes
}

fn other_case(value: &Value) -> Value {
    let text = value.as_str().unwrap();
    let lower = text.to_lowercase();
    Value::String(if lower == text {
        text.to_uppercase()
    } else {
        lower
    })
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
