//! An event before it is sent, and what a fault does to it.

use std::collections::BTreeMap;

use ingenium_contract::CloudEvent;
use ingenium_contract::envelope::percent_encode;
use ingenium_types::EventType;
use ingenium_types::id::EventId;
use serde_json::{Value, json};

use super::fault::Fault;

/// An event that is about to be sent.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) attributes: BTreeMap<String, Value>,
    pub(super) data: Value,
    /// Structured mode instead of binary.
    structured: bool,
}

impl Draft {
    /// The effect of `cause` (none for an ingestor), with everything that the contract asks for.
    pub(super) fn new(
        event_type: EventType,
        source: &str,
        id: EventId,
        time: &str,
        key: &str,
        cause: Option<&CloudEvent>,
        data: Value,
    ) -> Self {
        let symbol = data["Symbol"].clone();
        let mut attributes: BTreeMap<String, Value> = [
            ("specversion", json!("1.0")),
            ("id", json!(id.to_string())),
            ("source", json!(source)),
            ("type", json!(event_type.as_str())),
            ("subject", symbol),
            ("time", json!(time)),
            ("dataschema", json!(event_type.schema_id())),
            ("datacontenttype", json!("application/json")),
            ("partitionkey", json!(key)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let mut set = |name: &str, value: String| {
            attributes.insert(name.to_owned(), Value::String(value));
        };
        if let Some(cause) = cause {
            set("causationid", cause.id.clone());
            let correlation = cause.attribute("correlationid");
            set(
                "correlationid",
                correlation.unwrap_or_else(|| cause.id.clone()),
            );
            if let Some(run) = cause.attribute("ingeniumrun") {
                set("ingeniumrun", run);
            }
            if let Some(trace) = cause
                .attribute("traceparent")
                .and_then(|parent| ingenium_contract::profile::trace_id(&parent).map(str::to_owned))
            {
                set("traceparent", format!("00-{trace}-{}-01", id.parent_id()));
            }
        }
        Self {
            attributes,
            data,
            structured: false,
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        self.attributes.insert(name.to_owned(), value);
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.attributes
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Spoils what this fault spoils. `nth` counts what the process has emitted.
    pub(super) fn spoil(&mut self, fault: Fault, nth: usize, cause: Option<&CloudEvent>) {
        let members = |draft: &mut Self, from: &str, to: &str| {
            if let Some(object) = draft.data.as_object_mut()
                && let Some(value) = object.remove(from)
                && !to.is_empty()
            {
                object.insert(to.to_owned(), value);
            }
        };
        match fault.name {
            "M-SPECVERSION" => self.set("specversion", json!("9.9")),
            "M-SAME-ID" => self.set("id", json!("same")),
            "M-RESTARTED-COUNTER" => self.set("id", json!(format!("signal-{nth}"))),
            "M-SOURCE" => self.set("source", json!("not a uri")),
            "M-TYPE" => {
                self.set("type", json!("ingenium.portfolio.order"));
                self.set("dataschema", json!(EventType::PortfolioOrder.schema_id()));
                self.set("partitionkey", json!("main"));
                self.data = json!({"Symbol": self.data["Symbol"], "Side": "BUY", "Quantity": "1", "Type": "MARKET"});
            }
            "M-CONTENT-TYPE" => self.set("datacontenttype", json!("text/plain")),
            "M-TIME" => self.set("time", json!("yesterday")),
            "M-DATASCHEMA" => self.set("dataschema", json!(EventType::PortfolioOrder.schema_id())),
            "M-ATTRIBUTE-NAME" => {
                self.structured = true;
                self.set("runId", json!("7"));
            }
            "M-EXTENSION-FLOAT" => {
                self.structured = true;
                self.set("weight", json!(0.5));
            }
            "M-DATA-STRING" => self.data = Value::String(self.data.to_string()),
            "M-SUBJECT" => self.set("subject", json!(format!("{}X", self.text("subject")))),
            "M-TOO-LARGE" => {
                // Every member is legal: it is the sum of the attributes that is too large.
                for number in 0..40 {
                    self.set(&format!("filler{number}"), json!("x".repeat(2000)));
                }
                self.structured = true;
            }
            "M-CONTROL-CHARACTER" => self.set("note", json!("two\nlines")),
            "M-PARTITIONKEY" => self.set("partitionkey", json!((nth % 10).to_string())),
            "M-SEQUENCE" => self.set("sequence", json!("00000000000000000007")),
            "M-STRUCTURED-MEDIA-TYPE" | "M-BATCH" => self.structured = true,
            "M-CORE-ONLY" => {
                for name in ["Timestamp", "Strategy", "Price"] {
                    members(self, name, "");
                }
            }
            "M-NO-SYMBOL" => members(self, "Symbol", ""),
            "M-DECIMAL-NUMBER" => self.data["Price"] = json!(101.5),
            "M-LOWER-CASE-KEY" => members(self, "Symbol", "symbol"),
            "M-ENUM-CASE" => {
                let lower = self.data["Signal"]
                    .as_str()
                    .unwrap_or_default()
                    .to_lowercase();
                self.data["Signal"] = json!(lower);
            }
            "M-PROTOTYPE-TIMESTAMP" => {
                let date: String = self.text("time").chars().take(10).collect();
                self.data["Timestamp"] = json!(date);
            }
            "M-RANDOM-ID" | "M-CSV-RANDOM-ID" => {
                let now = ingenium_runtime::clock::now().to_string();
                let id = EventId::of(&[&now, &nth.to_string()]);
                self.set("id", json!(id.to_string()));
            }
            "M-NO-CAUSATION" => {
                self.attributes.remove("causationid");
            }
            "M-NO-CORRELATION" => {
                self.attributes.remove("correlationid");
            }
            "M-COPIES-TRACEPARENT" => {
                if let Some(parent) = cause.and_then(|cause| cause.attribute("traceparent")) {
                    self.set("traceparent", json!(parent));
                }
            }
            "M-SELF-CAUSE" => self.set("causationid", json!(self.text("id"))),
            "M-NO-RUN" => {
                self.attributes.remove("ingeniumrun");
            }
            _ => {}
        }
    }

    /// The headers and the body, spoilt where the fault is about them.
    pub(super) fn message(&self, fault: Fault) -> (Vec<(String, String)>, Vec<u8>) {
        if self.structured {
            let mut event = serde_json::Map::new();
            event.extend(self.attributes.clone());
            event.insert("data".to_owned(), self.data.clone());
            let event = Value::Object(event);
            let (media_type, body) = match fault.name {
                "M-STRUCTURED-MEDIA-TYPE" => ("application/json", event),
                "M-BATCH" => ("application/cloudevents-batch+json", json!([event])),
                _ => ("application/cloudevents+json", event),
            };
            let headers = vec![("content-type".to_owned(), media_type.to_owned())];
            return (headers, body.to_string().into_bytes());
        }
        let mut headers = Vec::new();
        for (name, value) in &self.attributes {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
            if name == "datacontenttype" {
                headers.push(("content-type".to_owned(), text.clone()));
                if fault.is("M-CE-DATACONTENTTYPE") {
                    headers.push(("ce-datacontenttype".to_owned(), text));
                }
            } else if fault.is("M-RAW-HEADER") {
                headers.push((format!("ce-{name}"), text));
            } else {
                headers.push((format!("ce-{name}"), percent_encode(&text)));
            }
        }
        (headers, self.data.to_string().into_bytes())
    }
}
