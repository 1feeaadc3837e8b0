//! Events as the broker keeps them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::mutant::fault::Fault;

/// What every event has.
const REQUIRED: [&str; 4] = ["specversion", "id", "source", "type"];

/// Attributes that a broker which cuts keeps.
const KEPT: usize = 100;

/// An event.
#[derive(Debug, Clone, Default)]
pub(super) struct Event {
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) data: Bytes,
    /// The W3C trace that its request belonged to.
    pub(super) trace: Option<String>,
    /// Its place in the log.
    pub(super) offset: usize,
    /// How often it may still pass the ingress.
    pub(super) hops: usize,
}

impl Event {
    /// Reads an event of either mode; none where the message holds none.
    pub(super) fn read(headers: &[(String, Vec<u8>)], body: &Bytes, fault: Fault) -> Option<Self> {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let content_type = headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map(|(_, value)| text(value))
            .unwrap_or_default();
        let mut event = Self {
            hops: 255,
            ..Self::default()
        };
        if content_type.starts_with("application/cloudevents+json") {
            if fault.is("M-BINARY-ONLY") {
                return None;
            }
            let Value::Object(members) = serde_json::from_slice(body).ok()? else {
                return None;
            };
            event.read_members(members);
        } else {
            for (name, value) in headers {
                if let Some(name) = name.strip_prefix("ce-") {
                    event.attributes.insert(name.to_owned(), text(value));
                }
            }
            if event.attributes.is_empty() {
                return None;
            }
            event
                .attributes
                .insert("datacontenttype".to_owned(), content_type);
            event.data = body.clone();
        }
        event.spoil(fault);
        Some(event)
    }

    fn read_members(&mut self, members: Map<String, Value>) {
        for (name, value) in members {
            match (name.as_str(), value) {
                ("data", value) => self.data = value.to_string().into(),
                (_, Value::String(value)) => {
                    self.attributes.insert(name, value);
                }
                (_, value) => {
                    self.attributes.insert(name, value.to_string());
                }
            }
        }
    }

    fn spoil(&mut self, fault: Fault) {
        let set = |attributes: &mut BTreeMap<String, String>, name: &str, value: &str| {
            attributes.insert(name.to_owned(), value.to_owned());
        };
        match fault.name {
            "M-UPGRADES" if self.version() == "0.3" => {
                set(&mut self.attributes, "specversion", "1.0");
            }
            "M-JSON-ONLY" => set(&mut self.attributes, "datacontenttype", "application/json"),
            "M-REFORMATS" => {
                if let Ok(data) = serde_json::from_slice::<Value>(&self.data) {
                    self.data = data.to_string().into();
                }
            }
            "M-CUTS-ATTRIBUTES" => {
                while self.attributes.len() > KEPT {
                    self.attributes.pop_first();
                }
            }
            _ => {}
        }
    }

    pub(super) fn version(&self) -> &str {
        self.get("specversion")
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(super) fn is_complete(&self, fault: Fault) -> bool {
        let all = REQUIRED.iter().all(|name| !self.get(name).is_empty());
        let version = match self.version() {
            "1.0" => true,
            "0.3" => !fault.is("M-NO-03"),
            _ => fault.is("M-ANY-VERSION") || self.version().is_empty(),
        };
        version && (all || fault.is("M-INCOMPLETE"))
    }

    pub(super) fn size(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes: usize = attributes
            .map(|(name, value)| name.len() + value.len())
            .sum();
        attributes + self.data.len()
    }

    /// Headers and body in binary mode.
    pub(super) fn binary(&self) -> (Vec<(String, String)>, Bytes) {
        let headers = self.attributes.iter().map(|(name, value)| {
            if name == "datacontenttype" {
                ("content-type".to_owned(), value.clone())
            } else {
                (format!("ce-{name}"), value.clone())
            }
        });
        (headers.collect(), self.data.clone())
    }

    /// Headers and body in structured mode.
    pub(super) fn structured(&self) -> (Vec<(String, String)>, Bytes) {
        let mut event = json!(self.attributes);
        event["data"] = serde_json::from_slice(&self.data).unwrap_or(Value::Null);
        let content_type = "application/cloudevents+json".to_owned();
        let headers = vec![("content-type".to_owned(), content_type)];
        (headers, event.to_string().into())
    }

    /// A line of the log.
    pub(super) fn to_line(&self) -> String {
        json!({"attributes": self.attributes, "data": STANDARD.encode(&self.data)}).to_string()
    }

    pub(super) fn from_line(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let attributes = serde_json::from_value(value["attributes"].clone()).ok()?;
        let data = STANDARD.decode(value["data"].as_str()?).ok()?;
        Some(Self {
            attributes,
            data: data.into(),
            hops: 255,
            ..Self::default()
        })
    }
}
