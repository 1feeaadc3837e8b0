//! The contract as an AsyncAPI 3.0 document: what other tools of event-driven systems read.

use serde_json::{Map, Value, json};

use crate::catalog::Catalog;
use crate::error::{Error, Errors};
use crate::json::{Json, Object};
use crate::lint as rule;
use crate::output::{self, FileSet};
use crate::tree::Tree;

/// The media type of a structured CloudEvent.
const STRUCTURED: &str = "application/cloudevents+json";

/// The document as JSON text, as a producer sees it: what it sends must be valid under the strict view.
///
/// One channel an event type, named after it; the role that emits it sends, the roles that receive it receive.
///
/// # Errors
/// When a bundle is missing or is not JSON.
pub fn asyncapi(tree: &Tree, bundles: &FileSet) -> Result<String, Errors> {
    let catalog = Catalog::from_json(&tree.json(crate::catalog::FILE)?)?;
    let (mut channels, mut operations, mut messages, mut schemas) =
        (Map::new(), Map::new(), Map::new(), Map::new());
    for entry in &catalog.events {
        let path = format!("schemas/dist/strict/{}.json", entry.name());
        let text = bundles.get(&path).unwrap_or_default();
        let schema: Value = serde_json::from_str(text)
            .map_err(|error| Error::new(rule::JSON, &path, "", error.to_string()))?;
        let title = schema["title"].as_str().unwrap_or_default().to_owned();
        let event_type = &entry.event_type;
        let channel = event_type.replace('.', "_");
        let message = json!({ "$ref": format!("#/components/messages/{title}") });
        channels.insert(
            channel.clone(),
            json!({
                "address": event_type,
                "title": event_type,
                "description": schema["description"],
                "messages": { (title.clone()): message },
            }),
        );
        let mut operate = |role: &str, action: &str| {
            operations.insert(
                format!("{role}_{action}_{channel}"),
                json!({
                    "action": action,
                    "channel": { "$ref": format!("#/channels/{channel}") },
                    "tags": [{ "name": role }],
                    "messages": [{ "$ref": format!("#/channels/{channel}/messages/{title}") }],
                }),
            );
        };
        operate(&entry.emitted_by, "send");
        for role in &entry.consumed_by {
            operate(role, "receive");
        }
        messages.insert(
            title.clone(),
            self::message(
                &title,
                event_type,
                &catalog.schema_id(entry.name()),
                &schema,
            ),
        );
        schemas.insert(
            title.clone(),
            relocated(schema, &format!("#/components/schemas/{title}")),
        );
    }
    // Version and origin first, for people.
    let mut document = Object::default();
    document.push("asyncapi", "3.0.0".into());
    document.push("x-generated", Json::String(output::header("schemas/")));
    let mut part = |name: &str, value: Value| document.push(name, Json::from(value));
    part(
        "info",
        json!({
            "title": "Ingenium",
            "version": catalog.contract_version,
            "description": "Events of an electronic trading system: CloudEvents 1.0 with JSON payloads.",
            "license": { "name": "MIT" },
        }),
    );
    part("defaultContentType", STRUCTURED.into());
    part("channels", channels.into());
    part("operations", operations.into());
    part(
        "components",
        json!({ "messages": messages, "schemas": schemas }),
    );
    let text = serde_json::to_string_pretty(&Json::Object(document));
    let text =
        text.map_err(|error| Error::new(rule::JSON, crate::catalog::FILE, "", error.to_string()))?;
    Ok(text + "\n")
}

/// A structured event: the attributes that every event has, and its payload.
fn message(title: &str, event_type: &str, schema_id: &str, schema: &Value) -> Value {
    let example = &schema["examples"][0];
    json!({
        "name": title,
        "title": title,
        "summary": schema["description"],
        "contentType": STRUCTURED,
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "datacontenttype", "time", "data"],
            "properties": {
                "specversion": { "const": "1.0" },
                "id": { "type": "string", "minLength": 1 },
                "source": { "type": "string", "minLength": 1 },
                "type": { "const": event_type },
                "subject": { "type": "string" },
                "time": { "type": "string", "format": "date-time" },
                "datacontenttype": { "const": "application/json" },
                "dataschema": { "const": schema_id },
                "partitionkey": { "type": "string" },
                "data": { "$ref": format!("#/components/schemas/{title}") },
            },
        },
        "examples": [{ "name": title, "payload": {
            "specversion": "1.0",
            "id": "bb3c0cd8-ab0f-50c7-8965-753ec786dc0a",
            "source": "/ingenium/example/one",
            "type": event_type,
            "time": "2020-10-01T00:00:00Z",
            "datacontenttype": "application/json",
            "dataschema": schema_id,
            "data": example,
        } }],
    })
}

/// A bundle inside another document: its references start at `base`, and it names itself no more.
fn relocated(mut schema: Value, base: &str) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("$id");
        object.remove("$comment");
    }
    point(&mut schema, base);
    schema
}

fn point(value: &mut Value, base: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(reference) if name == "$ref" => {
                        *reference = reference.replacen('#', base, 1);
                    }
                    member => point(member, base),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point(item, base)),
        _ => {}
    }
}
