//! Which messages are events, or are meant as such.

use std::collections::HashSet;

use ingenium_contract::attribute;
use serde_json::Value;

use super::wire::Way;
use crate::emission::Message;

/// So many paths to which events go are remembered.
const PATHS: usize = 1024;

/// What a message on the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// An event, or what was meant as one.
    Event,
    /// A POST of something else: telemetry, a form, somebody's interface.
    Other,
    /// What is not asked about: a GET, an answer without an event.
    Nothing,
}

/// Tells events from what else is posted on the same line.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Where events go.
    paths: HashSet<String>,
}

impl Events {
    /// What a message is.
    ///
    /// It is an event by a `ce-*` header, by the media type, or by a `specversion` in a JSON body. JSON without any of
    /// that is an event that has lost its attributes only where events go: at a path that has had one.
    pub(super) fn meant(&mut self, message: &Message, way: Way) -> Meant {
        if way == Way::Response {
            return if says_so(message) {
                Meant::Event
            } else {
                Meant::Nothing
            };
        }
        if message.method != "POST" {
            return Meant::Nothing;
        }
        if says_so(message) || states_specversion(message) {
            if self.paths.len() < PATHS && !self.paths.contains(&message.path) {
                self.paths.insert(message.path.clone());
            }
            return Meant::Event;
        }
        if attribute::is_json(&media_type(message)) && self.paths.contains(&message.path) {
            return Meant::Event;
        }
        Meant::Other
    }
}

fn media_type(message: &Message) -> String {
    let mut headers = message.headers.iter();
    let stated = headers.find(|(name, _)| name == "content-type");
    stated.map_or_else(String::new, |(_, value)| {
        attribute::essence(&String::from_utf8_lossy(value))
    })
}

/// Whether the headers say that it is an event, or some.
fn says_so(message: &Message) -> bool {
    let mut headers = message.headers.iter();
    headers.any(|(name, _)| name.starts_with("ce-"))
        || media_type(message).starts_with("application/cloudevents")
}

/// Whether it is an event in structured mode, under another media type.
fn states_specversion(message: &Message) -> bool {
    attribute::is_json(&media_type(message))
        && serde_json::from_slice::<Value>(&message.body)
            .is_ok_and(|body| body.get("specversion").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(path: &str, header: (&str, &str), body: &'static str) -> Message {
        Message {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: None,
            headers: vec![(header.0.to_owned(), header.1.as_bytes().to_vec())],
            head: bytes::Bytes::new(),
            body: bytes::Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn what_is_posted_is_not_always_an_event() {
        let mut events = Events::default();
        let json = ("content-type", "application/json");
        let table = [
            (
                "/v1/traces",
                ("content-type", "application/x-protobuf"),
                "abc",
                Meant::Other,
            ),
            ("/v1/traces", json, "{}", Meant::Other),
            ("/", json, r#"{"Symbol":"A"}"#, Meant::Other),
            (
                "/",
                ("content-type", "Application/CloudEvents+JSON"),
                "{",
                Meant::Event,
            ),
            // Where events go, JSON without attributes is one that has lost them.
            ("/", json, r#"{"Symbol":"A"}"#, Meant::Event),
            ("/", ("content-type", "text/plain"), "x", Meant::Other),
            ("/a", json, r#"{"specversion":"1.0"}"#, Meant::Event),
            ("/b", ("ce-id", "1"), "", Meant::Event),
            (
                "/c",
                ("content-type", "application/cloudevents-batch+json"),
                "[]",
                Meant::Event,
            ),
        ];
        for (path, header, body, expected) in table {
            let message = post(path, header, body);
            assert_eq!(
                events.meant(&message, Way::Request),
                expected,
                "{message:?}"
            );
        }
        let message = post("/", json, "{}");
        assert_eq!(events.meant(&message, Way::Response), Meant::Nothing);
        let get = Message {
            method: "GET".to_owned(),
            ..post("/b", ("ce-id", "1"), "")
        };
        assert_eq!(events.meant(&get, Way::Request), Meant::Nothing);
    }
}
