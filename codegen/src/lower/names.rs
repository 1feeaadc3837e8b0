//! Names that two languages could not tell apart.

use std::collections::HashMap;

use crate::error::{Error, Errors};
use crate::lint as rule;
use crate::model::{Enumeration, Event, Field, Local, Model, Payload, Shape};

/// Types that packages bring along, and those of standard libraries that their code imports.
const TAKEN: &[&str] = &[
    "attributes",
    "attributevalue",
    "base64",
    "bigdecimal",
    "binary",
    "builder",
    "catalog",
    "cloudevent",
    "codec",
    "comparable",
    "comparator",
    "contract",
    "data",
    "decode",
    "duration",
    "entry",
    "enumeration",
    "envelope",
    "event",
    "eventid",
    "eventof",
    "eventtype",
    "finding",
    "form",
    "generic",
    "headers",
    "http",
    "identity",
    "instant",
    "iterator",
    "jsoncreator",
    "jsonnode",
    "jsonobject",
    "jsonvalue",
    "list",
    "literal",
    "locale",
    "mapping",
    "member",
    "members",
    "message",
    "mode",
    "namedtuple",
    "newevent",
    "newtype",
    "numbertext",
    "objectnode",
    "outgoing",
    "override",
    "pattern",
    "payload",
    "payloads",
    "predicate",
    "profile",
    "protocol",
    "reader",
    "refusal",
    "refused",
    "row",
    "rule",
    "rules",
    "said",
    "sequence",
    "shape",
    "strict",
    "strictjson",
    "structured",
    "text",
    "times",
    "typevar",
    "union",
    "unionshape",
    "unknown",
    "unknowndata",
    "unknownevent",
    "unknownvalue",
    "verdict",
    "view",
    "writable",
];

/// Checks types over the whole contract, members within their object and values within their enumeration.
/// Case and underscores are what languages change, so names must differ in more.
pub(crate) fn check(model: &Model) -> Result<(), Errors> {
    let mut errors = Errors::default();
    let mut types: HashMap<String, String> = TAKEN
        .iter()
        .map(|name| ((*name).to_owned(), (*name).to_owned()))
        .collect();
    for scalar in scalars(model) {
        types.insert(scalar.to_ascii_lowercase(), scalar.to_owned());
    }
    for enumeration in &model.enumerations {
        let file = "schemas/common.schema.json";
        claim(&mut types, file, &enumeration.title, &mut errors);
        values(file, enumeration, &mut errors);
    }
    for event in &model.events {
        let file = event.entry.file();
        for (title, fields) in objects(event) {
            claim(&mut types, &file, title, &mut errors);
            members(&file, title, fields, &mut errors);
        }
        for local in &event.locals {
            if let Local::Enumeration(enumeration) = local {
                claim(&mut types, &file, &enumeration.title, &mut errors);
                values(&file, enumeration, &mut errors);
            }
        }
        if let Payload::Union(union) = &event.payload {
            claim(&mut types, &file, &union.content_title, &mut errors);
            // A variant is called by the last part of its value.
            let mut seen = HashMap::from([("unknown".to_owned(), "unknown".to_owned())]);
            for variant in &union.variants {
                let name = variant.value.rsplit('.').next().unwrap_or_default();
                claim(&mut seen, &file, name, &mut errors);
            }
        }
    }
    errors.or(())
}

/// Every scalar that a member holds.
fn scalars(model: &Model) -> Vec<&str> {
    let objects = model.events.iter().flat_map(objects);
    let fields = objects.flat_map(|(_, fields)| fields);
    let mut scalars = Vec::new();
    for field in fields {
        let shape = match &field.shape {
            Shape::List { item, .. } => item,
            shape => shape,
        };
        match shape {
            Shape::Scalar(name) => scalars.push(name.as_str()),
            Shape::Map { key, value, .. } => scalars.extend([key.as_str(), value]),
            _ => {}
        }
    }
    scalars
}

fn objects(event: &Event) -> Vec<(&str, &[Field])> {
    let mut objects = vec![(event.payload.title(), event.payload.fields())];
    if let Payload::Union(union) = &event.payload {
        for variant in &union.variants {
            objects.push((&variant.content.title, &variant.content.fields));
        }
    }
    for local in &event.locals {
        if let Local::Struct(object) = local {
            objects.push((&object.title, &object.fields));
        }
    }
    objects
}

fn members(file: &str, title: &str, fields: &[Field], errors: &mut Errors) {
    let mut seen = HashMap::new();
    for field in fields {
        if field.name == title {
            let message = format!("`{title}` is a type and a member");
            errors.push(Error::new(rule::TYPE_NOT_PROPERTY_NAME, file, "", message));
        }
        claim(&mut seen, file, &field.name, errors);
    }
}

fn values(file: &str, enumeration: &Enumeration, errors: &mut Errors) {
    let mut seen = HashMap::new();
    if enumeration.open {
        seen.insert(
            "unknown".to_owned(),
            "the variant for unknown values".to_owned(),
        );
    }
    for value in &enumeration.values {
        claim(&mut seen, file, value, errors);
    }
}

fn claim(seen: &mut HashMap<String, String>, file: &str, name: &str, errors: &mut Errors) {
    let key: String = name
        .chars()
        .filter(|&letter| letter != '_')
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if let Some(other) = seen.insert(key, name.to_owned()) {
        let message = format!("the name `{name}` collides with `{other}`");
        errors.push(Error::new(rule::NAME_COLLISION, file, "", message));
    }
}
