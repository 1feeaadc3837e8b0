//! The event types as Knative objects: the contract as a cluster shows it.

use crate::error::Errors;
use crate::generate::Source;
use crate::tree::Tree;

/// One EventType object (eventing.knative.dev/v1beta3) an event type, as YAML, for the broker of this name.
///
/// `type`, `source`, `specversion` and `id` must be listed; a value in braces is a variable. Source: Knative Eventing,
/// EventType v1beta3.
///
/// # Errors
/// Every fault of the schemas, with its place.
pub fn event_types(tree: &Tree, broker: &str) -> Result<String, Errors> {
    let source = Source::load(tree)?;
    let mut documents = Vec::new();
    for event in &source.model.events {
        let entry = &event.entry;
        let attributes = [
            ("specversion", true, "1.0".to_owned()),
            ("id", true, "{id}".to_owned()),
            (
                "source",
                true,
                format!("/ingenium/{}/{{name}}", entry.emitted_by),
            ),
            ("type", true, entry.event_type.clone()),
            ("subject", false, format!("{{{}}}", entry.subject.property)),
            ("datacontenttype", true, "application/json".to_owned()),
            ("dataschema", false, event.schema_id.clone()),
        ];
        let mut document = format!(
            "apiVersion: eventing.knative.dev/v1beta3\n\
             kind: EventType\n\
             metadata:\n  \
               name: {}\n\
             spec:\n  \
               reference:\n    \
                 apiVersion: eventing.knative.dev/v1\n    \
                 kind: Broker\n    \
                 name: {}\n  \
               description: {}\n  \
               attributes:\n",
            quoted(&entry.event_type.replace('_', "-").to_ascii_lowercase()),
            quoted(broker),
            quoted(description(&event.payload)),
        );
        for (name, required, value) in attributes {
            document += &format!(
                "    - name: {name}\n      required: {required}\n      value: {}\n",
                quoted(&value)
            );
        }
        documents.push(document);
    }
    Ok(documents.join("---\n"))
}

fn description(payload: &crate::model::Payload) -> &str {
    match payload {
        crate::model::Payload::Struct(payload) => &payload.description,
        crate::model::Payload::Union(payload) => &payload.description,
    }
}

/// A double-quoted scalar: YAML reads JSON's strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
