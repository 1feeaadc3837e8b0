//! Names across the whole contract: types, members, words of target languages.

use std::collections::BTreeMap;

use super::walk::{Role, places};
use super::{RESERVED_WORD, Schemas, TITLE_UNIQUE, TYPE_NOT_PROPERTY_NAME};
use crate::error::{Error, Errors};
use crate::json::Json;

/// Words that are written exactly so in a target language and mean something there: `Self` in Rust, the three
/// constants of Python.
const WORDS: &[&str] = &["Self", "None", "True", "False"];

/// Types and namespaces that are there without an import: TypeScript's globals and Java's `java.lang`, Python's
/// built-ins, Rust's prelude.
const GLOBALS: &[&str] = &[
    "Array",
    "BigInt",
    "Boolean",
    "Box",
    "Byte",
    "Character",
    "Class",
    "Date",
    "Double",
    "Enum",
    "Err",
    "Error",
    "Event",
    "Exception",
    "Float",
    "Function",
    "Infinity",
    "Integer",
    "Intl",
    "Iterable",
    "Iterator",
    "Long",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Ok",
    "Option",
    "Process",
    "Promise",
    "Proxy",
    "Record",
    "Reflect",
    "RegExp",
    "Result",
    "Set",
    "Short",
    "Some",
    "String",
    "Symbol",
    "System",
    "Thread",
    "Vec",
    "Void",
];

struct Name<'a> {
    name: &'a str,
    file: &'a str,
    pointer: String,
}

pub(super) fn check(schemas: &Schemas, errors: &mut Errors) {
    let (mut types, mut members) = (Vec::new(), Vec::new());
    for file in schemas.files() {
        for place in places(file) {
            let title = place.schema.get("title").and_then(Json::as_str);
            if let Some(name) = title {
                types.push(Name {
                    name,
                    file: &file.name,
                    pointer: format!("{}/title", place.pointer),
                });
            }
            let name = |name| Name {
                name,
                file: &file.name,
                pointer: place.pointer.clone(),
            };
            match place.role {
                Role::Definition(definition) if title != Some(definition) => {
                    types.push(name(definition));
                }
                Role::Member(member) => members.push(name(member)),
                _ => {}
            }
        }
    }
    let mut say = |rule, at: &Name<'_>, message: String| {
        errors.push(Error::new(rule, at.file, &at.pointer, message));
    };
    let mut first: BTreeMap<&str, &Name<'_>> = BTreeMap::new();
    for name in &types {
        if let Some(other) = first.insert(name.name, name) {
            let message = format!("`{}` stands in {} already", name.name, other.file);
            say(TITLE_UNIQUE, name, message);
        }
        if members.iter().any(|member| member.name == name.name) {
            let message = format!(
                "`{}` is a member, too: give the type a longer name",
                name.name
            );
            say(TYPE_NOT_PROPERTY_NAME, name, message);
        } else if GLOBALS.contains(&name.name) {
            let message = format!(
                "`{}` is a global of a target language: give the type a longer name",
                name.name
            );
            say(TYPE_NOT_PROPERTY_NAME, name, message);
        }
    }
    for name in types.iter().chain(&members) {
        if WORDS.contains(&name.name) {
            let message = format!("`{}` is a word of a target language", name.name);
            say(RESERVED_WORD, name, message);
        }
    }
}
