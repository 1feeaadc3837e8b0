//! Keywords that say what another one says already.

use super::walk::{Role, places};
use super::{File, REDUNDANT_KEYWORD};
use crate::error::{Error, Errors};
use crate::json::Json;

pub(super) fn check(file: &File, errors: &mut Errors) {
    for place in places(file) {
        let schema = place.schema;
        let mut say = |keyword: &str, because: &str| {
            let pointer = format!("{}/{keyword}", place.pointer);
            let message = format!("remove it: {because}");
            errors.push(Error::new(REDUNDANT_KEYWORD, &file.name, &pointer, message));
        };
        let has = |keyword| schema.get(keyword).is_some();
        for values in ["enum", "const"] {
            if has("type") && has(values) {
                say("type", &format!("`{values}` fixes the type"));
            }
        }
        if has("type") && has("$ref") {
            say("type", "the definition has one");
        }
        if let Some(pattern) = schema.get("pattern").and_then(Json::as_str)
            && has("maxLength")
            && is_bounded(pattern)
        {
            say("maxLength", "the pattern has a longest match");
        }
        if let (Role::Member(_), Some(Json::Array(values))) = (place.role, schema.get("enum"))
            && values.len() == 1
        {
            say("enum", "write one value as `const`");
        }
        // A branch fixes its tag by a value: an absent tag fits no branch, or is required by the object.
        let tags = schema.get("properties").and_then(Json::as_object);
        let required = schema.get("required").and_then(Json::as_array);
        if place.pointer.contains("/oneOf/") {
            for (index, name) in required.unwrap_or_default().iter().enumerate() {
                let fixed = name
                    .as_str()
                    .and_then(|name| tags?.get(name))
                    .is_some_and(|tag| tag.get("const").is_some() || tag.get("enum").is_some());
                if fixed {
                    say(
                        &format!("required/{index}"),
                        "the object requires the tag already",
                    );
                }
            }
        }
    }
}

/// Whether a pattern has a longest match.
fn is_bounded(pattern: &str) -> bool {
    regex_syntax::parse(pattern).is_ok_and(|hir| hir.properties().maximum_len().is_some())
}
