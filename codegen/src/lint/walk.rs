//! A walk over the schemas inside a file, whatever they are.

use super::{
    DEPRECATED_HAS_REPLACEMENT, ENUM_EXTENSIBLE_EXPLICIT, File, NUMBER_FORBIDDEN, PROPERTY_PASCAL,
};
use crate::error::{Error, Errors};
use crate::json::{Json, Object};

/// Where a schema stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role<'a> {
    /// The whole file.
    Root,
    /// An entry of `$defs`.
    Definition(&'a str),
    /// A member of an object.
    Member(&'a str),
    /// A condition on a member, inside a branch of `oneOf`.
    Condition(&'a str),
    /// Anything else.
    Inner,
}

/// A schema and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) pointer: String,
    pub(crate) role: Role<'a>,
    pub(crate) schema: &'a Object,
    /// The members of the object that this is a member of.
    pub(crate) siblings: Option<&'a Object>,
}

/// Schemas may be nested so deep; what is deeper is refused by the meta-schema, and not walked.
const MAX_DEPTH: usize = 64;

/// Every schema of the file, outer ones first.
pub(crate) fn places(file: &File) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    visit(&file.json, "", Role::Root, None, 0, &mut places);
    places
}

fn visit<'a>(
    json: &'a Json,
    pointer: &str,
    role: Role<'a>,
    siblings: Option<&'a Object>,
    depth: usize,
    places: &mut Vec<Place<'a>>,
) {
    let Some(schema) = json.as_object().filter(|_| depth < MAX_DEPTH) else {
        return;
    };
    places.push(Place {
        pointer: pointer.to_owned(),
        role,
        schema,
        siblings,
    });
    let in_branch = pointer.contains("/oneOf/");
    for (keyword, value) in schema.iter() {
        let at = format!("{pointer}/{keyword}");
        match keyword {
            "$defs" | "properties" => {
                let members = value.as_object();
                for (name, schema) in members.into_iter().flat_map(Object::iter) {
                    let role = match keyword {
                        "$defs" => Role::Definition(name),
                        _ if in_branch && schema.get("title").is_none() => Role::Condition(name),
                        _ => Role::Member(name),
                    };
                    let at = format!("{at}/{}", token(name));
                    visit(schema, &at, role, members, depth + 1, places);
                }
            }
            "oneOf" | "anyOf" | "allOf" => {
                for (index, schema) in value.as_array().unwrap_or_default().iter().enumerate() {
                    let at = format!("{at}/{index}");
                    visit(schema, &at, Role::Inner, None, depth + 1, places);
                }
            }
            "items" | "not" | "additionalProperties" | "propertyNames" | "if" | "then" | "else" => {
                visit(value, &at, Role::Inner, None, depth + 1, places);
            }
            _ => {}
        }
    }
}

/// A name as a token of a JSON pointer.
pub(crate) fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Rules about one schema at a time.
pub(super) fn definitions(file: &File, errors: &mut Errors) {
    for place in places(file) {
        let mut say = |rule, pointer: &str, message: String| {
            errors.push(Error::new(rule, &file.name, pointer, message));
        };
        let pointer = &place.pointer;
        if let Some(Json::String(name)) = place.schema.get("type")
            && matches!(name.as_str(), "number" | "integer")
        {
            let message =
                format!("`{name}`: write numbers as decimals or counts, which are strings");
            say(NUMBER_FORBIDDEN, &format!("{pointer}/type"), message);
        }
        if let Role::Member(name) = place.role
            && !is_pascal(name)
        {
            let message = format!("`{name}` is no member name: write it in PascalCase");
            say(PROPERTY_PASCAL, pointer, message);
        }
        let is_enumeration =
            matches!(place.role, Role::Definition(_)) && place.schema.get("enum").is_some();
        if is_enumeration && place.schema.get("x-ingenium-extensible").is_none() {
            let message = "say whether consumers accept unknown values: `x-ingenium-extensible`";
            say(ENUM_EXTENSIBLE_EXPLICIT, pointer, message.to_owned());
        }
        if place.schema.get("deprecated").is_some() {
            let successor = place
                .schema
                .get("x-ingenium-replaced-by")
                .and_then(Json::as_str);
            let known = successor.is_some_and(|name| {
                place
                    .siblings
                    .is_some_and(|siblings| siblings.get(name).is_some())
            });
            if !known {
                let message = "name what replaces it, a neighbour: `x-ingenium-replaced-by`";
                say(DEPRECATED_HAS_REPLACEMENT, pointer, message.to_owned());
            }
        }
    }
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
