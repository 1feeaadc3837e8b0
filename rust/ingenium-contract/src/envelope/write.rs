//! From an event to an HTTP message.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::attribute::is_json;
use crate::event::{Attribute, CloudEvent, Data};

/// What the HTTP binding says must be encoded: everything outside `!`..`~`, and `"` and `%` (3.1.3.2).
const HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

/// A header value for any text.
#[must_use]
pub fn percent_encode(value: &str) -> String {
    // Borrowed where nothing has to be encoded: then one copy does.
    Cow::from(utf8_percent_encode(value, HEADER)).into_owned()
}

/// The headers (names in lower case) and the body of the event in binary mode.
#[must_use]
pub fn to_binary(event: &CloudEvent) -> (Vec<(String, String)>, Bytes) {
    let mut headers = Vec::with_capacity(10 + event.extensions.len());
    for (name, value) in event.attributes() {
        if name == "datacontenttype" {
            headers.push(("content-type".to_owned(), value.to_string()));
        } else {
            let value = match value {
                Attribute::String(text) => percent_encode(text),
                // Digits and letters need no encoding.
                Attribute::Integer(_) | Attribute::Boolean(_) => value.to_string(),
            };
            headers.push((["ce-", name].concat(), value));
        }
    }
    (
        headers,
        event
            .data
            .as_ref()
            .map(|data| data.bytes().clone())
            .unwrap_or_default(),
    )
}

/// The event in structured mode: one line of JSON, attributes in canonical order, data bytes untouched.
#[must_use]
pub fn to_structured(event: &CloudEvent) -> Vec<u8> {
    let mut json = attributes(event);
    match &event.data {
        Some(Data::Json(bytes)) => {
            json.extend_from_slice(b",\"data\":");
            json.extend_from_slice(bytes);
        }
        Some(Data::Binary(bytes)) => {
            json.extend_from_slice(b",\"data_base64\":\"");
            json.extend_from_slice(STANDARD.encode(bytes).as_bytes());
            json.push(b'"');
        }
        None => {}
    }
    json.push(b'}');
    json
}

/// The event in structured mode without a line break, for logs that have one event a line.
///
/// Data bytes stay as they are: JSON with line breaks between its tokens, or space around it, goes as
/// `data_base64`. Where no
/// `datacontenttype` says that this is JSON, each line break becomes a space instead, and what is around goes, which is the same JSON value.
#[must_use]
pub fn to_line(event: &CloudEvent) -> Vec<u8> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let is_loose = |data: &&Bytes| data.iter().any(is_break) || data.trim_ascii() != data.as_ref();
    let broken = event.json_data().filter(is_loose);
    let Some(data) = broken else {
        return to_structured(event);
    };
    let says_json = event.datacontenttype.as_deref().is_some_and(is_json);
    let data = if says_json {
        Data::Binary(data.clone())
    } else {
        // JSON strings hold no line break as it is.
        let spaced = data.trim_ascii().iter();
        let spaced = spaced.map(|byte| if is_break(byte) { b' ' } else { *byte });
        Data::Json(spaced.collect())
    };
    to_structured(&CloudEvent {
        data: Some(data),
        ..event.clone()
    })
}

/// All attributes as one JSON object, in canonical order.
#[must_use]
pub fn attributes_json(event: &CloudEvent) -> String {
    let mut json = attributes(event);
    json.push(b'}');
    String::from_utf8(json).expect("texts are UTF-8")
}

/// All attributes as an object that is not closed yet.
fn attributes(event: &CloudEvent) -> Vec<u8> {
    let mut json = Vec::with_capacity(1024);
    json.push(b'{');
    for (name, value) in event.attributes() {
        if json.len() > 1 {
            json.push(b',');
        }
        quote(name, &mut json);
        json.push(b':');
        match value {
            Attribute::String(text) => quote(text, &mut json),
            Attribute::Integer(_) | Attribute::Boolean(_) => {
                json.extend_from_slice(value.to_string().as_bytes());
            }
        }
    }
    json
}

fn quote(text: &str, json: &mut Vec<u8>) {
    // Nearly every attribute stands in JSON as it is.
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if text.bytes().any(is_special) {
        serde_json::to_writer(json, text).expect("a text has a JSON form");
        return;
    }
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}
