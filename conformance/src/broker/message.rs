//! Events as they are posted.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::row::EventRow;

/// What an event says about itself, unless a row says otherwise.
const USUAL: [(&str, &str); 4] = [
    ("specversion", "1.0"),
    ("source", "/conformance/broker"),
    ("type", "conformance.event"),
    ("datacontenttype", "application/json"),
];

impl EventRow {
    /// The event with an id and nothing else to say.
    pub(super) fn named(id: String) -> Self {
        Self {
            id,
            with: BTreeMap::new(),
            data: None,
            size: None,
            structured: false,
        }
    }

    /// The attributes that are sent.
    pub(super) fn attributes(&self) -> BTreeMap<String, String> {
        let usual = USUAL.iter().map(|(name, value)| (*name, *value));
        let mut attributes: BTreeMap<String, String> = usual
            .chain([("id", self.id.as_str())])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        for (name, value) in &self.with {
            match value {
                Some(value) => attributes.insert(name.clone(), value.clone()),
                None => attributes.remove(name),
            };
        }
        attributes
    }

    /// The payload.
    pub(super) fn payload(&self) -> String {
        match (&self.data, self.size) {
            (Some(data), _) => data.clone(),
            (None, Some(size)) => {
                // `{"pad":""}` has 10 characters.
                format!("{{\"pad\":\"{}\"}}", "x".repeat(size.saturating_sub(10)))
            }
            (None, None) => format!("{{\"Price\":\"1.10\",\"Of\":\"{}\"}}", self.id),
        }
    }

    /// Headers and body.
    pub(super) fn message(&self) -> (Vec<(String, String)>, Bytes) {
        let attributes = self.attributes();
        if self.structured {
            let mut event: Map<String, Value> = attributes
                .into_iter()
                .map(|(name, value)| (name, Value::String(value)))
                .collect();
            let payload = self.payload();
            let data = serde_json::from_str(&payload).unwrap_or(Value::String(payload));
            event.insert("data".to_owned(), data);
            let content_type = "application/cloudevents+json; charset=utf-8";
            return (
                vec![("content-type".to_owned(), content_type.to_owned())],
                Value::Object(event).to_string().into(),
            );
        }
        let headers = attributes
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "datacontenttype" => ("content-type".to_owned(), value),
                _ => (format!("ce-{name}"), value),
            });
        (headers.collect(), self.payload().into())
    }
}
