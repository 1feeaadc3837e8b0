//! The reference out of authored schemas.

use super::{Definition, Event, Form, Member, Row, Variant};
use crate::catalog::{Catalog, Entry, PartitionKey};
use crate::json::{Json, Object};

pub(super) fn event(catalog: &Catalog, entry: &Entry, schema: &Json) -> Event {
    let partition_key = match &entry.partition_key {
        PartitionKey::Property {
            property,
            default: None,
        } => format!("`{property}`"),
        PartitionKey::Property {
            property,
            default: Some(text),
        } => format!("`{property}`, or `{text}` where it is absent"),
        PartitionKey::Copied { copied_from } => {
            format!("that of the `{copied_from}` that it answers")
        }
    };
    let mut rows = Vec::new();
    let mut variants = Vec::new();
    for branch in schema
        .get("oneOf")
        .and_then(Json::as_array)
        .unwrap_or_default()
    {
        let members = objects(branch.get("properties"));
        let tag = members
            .iter()
            .find_map(|(_, member)| tags(member))
            .unwrap_or_default();
        let content = members
            .iter()
            .find(|(_, member)| member.get("properties").is_some());
        match content {
            Some((name, shape)) => variants.push(Variant {
                tag,
                member: (*name).to_owned(),
                title: string(shape, "title"),
                description: string(shape, "description"),
                members: members_of(shape),
            }),
            None => rows.push(Row {
                tag,
                required: strings(branch.get("required")),
                forbidden: members
                    .iter()
                    .filter(|(_, member)| **member == Json::Bool(false))
                    .map(|(name, _)| (*name).to_owned())
                    .collect(),
            }),
        }
    }
    let example = schema
        .get("examples")
        .and_then(Json::as_array)
        .and_then(<[Json]>::first);
    Event {
        event_type: entry.event_type.clone(),
        name: entry.name().to_owned(),
        title: string(schema, "title"),
        description: string(schema, "description"),
        emitted_by: entry.emitted_by.clone(),
        consumed_by: entry.consumed_by.clone(),
        subject: entry.subject.property.clone(),
        partition_key,
        schema_id: catalog.schema_id(entry.name()),
        stability: entry.stability.clone(),
        members: members_of(schema),
        rows,
        variants,
        example: example
            .and_then(|example| serde_json::to_string_pretty(example).ok())
            .unwrap_or_default(),
    }
}

fn members_of(schema: &Json) -> Vec<Member> {
    let required = strings(schema.get("required"));
    let members = objects(schema.get("properties")).into_iter();
    members
        .map(|(name, member)| {
            let (description, fix) = without_fix(&string(member, "description"));
            let (kind, definition) = kind(member);
            let example = member.get("examples").and_then(Json::as_array);
            Member {
                name: name.to_owned(),
                required: required.iter().any(|other| other == name),
                kind,
                definition,
                description,
                fix,
                example: example
                    .and_then(<[Json]>::first)
                    .map(compact)
                    .unwrap_or_default(),
                replaced_by: member
                    .get("x-ingenium-replaced-by")
                    .and_then(Json::as_str)
                    .map(str::to_owned),
            }
        })
        .collect()
}

/// What a member holds, and the name of the definition if it has one.
fn kind(member: &Json) -> (String, Option<String>) {
    let name = |schema: Option<&Json>| {
        let reference = schema?.get("$ref")?.as_str()?;
        reference.rsplit('/').next().map(str::to_owned)
    };
    if let Some(name) = name(Some(member)) {
        return (name.clone(), Some(name));
    }
    let limit = |keyword: &str| member.get(keyword).map(compact).unwrap_or_default();
    match member.get("type").and_then(Json::as_str) {
        Some("boolean") => ("boolean".to_owned(), None),
        Some("array") => {
            let item = name(member.get("items"));
            let kind = format!(
                "list of at most {} {}",
                limit("maxItems"),
                item.clone().unwrap_or_default()
            );
            (kind, item)
        }
        Some("object") => {
            let value = name(member.get("additionalProperties"));
            let names = name(member.get("propertyNames")).unwrap_or_default();
            let kind = format!(
                "map of at most {} {names} to {}",
                limit("maxProperties"),
                value.clone().unwrap_or_default()
            );
            (kind, value)
        }
        _ if member.get("title").is_some() => ("object, by the tag".to_owned(), None),
        _ => ("tag".to_owned(), None),
    }
}

pub(super) fn definitions(file: &Json) -> Vec<Definition> {
    let definitions = objects(file.get("$defs")).into_iter();
    definitions
        .map(|(name, schema)| {
            let mut forms = Vec::new();
            let mut say =
                |says, what: Option<String>| forms.extend(what.map(|what| Form { says, what }));
            let reference = schema.get("$ref").and_then(Json::as_str);
            say(
                "is a",
                reference
                    .and_then(|name| name.rsplit('/').next())
                    .map(str::to_owned),
            );
            let pattern = |schema: &Json| {
                schema
                    .get("pattern")
                    .and_then(Json::as_str)
                    .map(str::to_owned)
            };
            say("matches", pattern(schema));
            say("does not match", schema.get("not").and_then(pattern));
            say(
                "has at most so many characters:",
                schema.get("maxLength").map(compact),
            );
            Definition {
                name: name.to_owned(),
                description: string(schema, "description"),
                forms,
                values: strings(schema.get("enum")),
                extensible: schema.get("x-ingenium-extensible") == Some(&Json::Bool(true)),
                examples: schema
                    .get("examples")
                    .and_then(Json::as_array)
                    .unwrap_or_default()
                    .iter()
                    .map(compact)
                    .collect(),
                used_by: Vec::new(),
            }
        })
        .collect()
}

/// A description without its FIX tags, and those.
fn without_fix(description: &str) -> (String, String) {
    let Some((before, rest)) = description.split_once(" (FIX ") else {
        return (description.to_owned(), String::new());
    };
    match rest.split_once(')') {
        Some((fix, after)) => (format!("{before}{after}"), fix.to_owned()),
        None => (description.to_owned(), String::new()),
    }
}

/// The values of a tag's condition.
fn tags(member: &Json) -> Option<String> {
    match (member.get("const"), member.get("enum")) {
        (Some(value), _) => value.as_str().map(str::to_owned),
        (None, Some(_)) => Some(strings(member.get("enum")).join(", ")),
        (None, None) => None,
    }
}

fn objects(members: Option<&Json>) -> Vec<(&str, &Json)> {
    let members = members.and_then(Json::as_object);
    members.into_iter().flat_map(Object::iter).collect()
}

fn strings(list: Option<&Json>) -> Vec<String> {
    let list = list.and_then(Json::as_array).unwrap_or_default();
    list.iter()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect()
}

fn string(schema: &Json, name: &str) -> String {
    schema
        .get(name)
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A value on one line; a string as its text.
fn compact(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
