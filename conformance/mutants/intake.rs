//! From a request to an event, with the faults of readers.

use bytes::Bytes;
use ingenium_contract::envelope::BATCH;
use ingenium_contract::finding::{http_status, is_valid};
use ingenium_contract::{AttributeValue, CloudEvent, validate};
use ingenium_runtime::http::Request;
use ingenium_types::{EventType, Payload, View};
use serde_json::{Value, json};

use super::fault::Fault;

/// What a request came to.
pub(super) enum Intake {
    /// An event that the role may act on.
    Event(Box<CloudEvent>, Box<Payload>),
    /// Nothing to do: acknowledged.
    Ignored,
    /// Refused with this status.
    Refused(u16),
}

/// Attributes that every sender here uses.
const KNOWN: [&str; 7] = [
    "partitionkey",
    "correlationid",
    "causationid",
    "traceparent",
    "ingeniumrun",
    "expirytime",
    "conformancerun",
];

/// The spellings of the structured media type that Node's SDK knows.
fn is_usual(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/cloudevents+json" | "application/cloudevents+json; charset=utf-8"
    )
}

/// Reads a request.
pub(super) fn read(request: &Request, fault: Fault) -> Intake {
    let media_type = header(request, "content-type");
    let structured = media_type
        .to_ascii_lowercase()
        .starts_with("application/cloudevents+json");
    let refused = match fault.name {
        "M-PLAIN-JSON-ONLY" => {
            media_type.starts_with("application/json") && media_type != "application/json"
        }
        "M-BINARY-ONLY" => structured,
        "M-EXACT-MEDIA-TYPE" => structured && !is_usual(media_type.as_str()),
        "M-LOWER-CASE-HEADERS-ONLY" => {
            let head = &request.raw_head;
            !head.windows(14).any(|window| window == b"\ncontent-type:")
        }
        "M-SMALL-BODY" => request.body.len() > 16 * 1024,
        "M-REFUSES-NULL" => structured && has_null(&request.body),
        _ => false,
    };
    if refused {
        return Intake::Refused(if fault.is("M-SMALL-BODY") { 413 } else { 400 });
    }
    if fault.is("M-ACCEPTS-BATCH") && media_type.starts_with(BATCH) {
        return Intake::Ignored;
    }
    if fault.is("M-CRASHES") && contains(&request.body, br"\ud800") {
        std::process::abort();
    }
    let mut headers = request.headers.clone();
    let mut body = request.body.clone();
    if structured {
        body = without_nulls(&body);
    }
    prepare(fault, structured, &mut headers, &mut body);
    let slices: Vec<(&str, &[u8])> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    let verdict = validate(&slices, &body, View::Reader);
    let Some(mut event) = verdict.event.filter(|_| is_valid(&verdict.findings)) else {
        return invalid(fault, http_status(&verdict.findings));
    };
    if fault.is("M-KNOWN-ATTRIBUTES-ONLY")
        && event
            .extensions
            .iter()
            .any(|(name, _)| !KNOWN.contains(&name.as_str()))
    {
        return Intake::Refused(400);
    }
    if structured && fault.is("M-MODE-MATTERS") {
        event.set_extension("modewas", "structured");
    }
    if fault.is("M-DECODES-TWICE") {
        event.id = decode(&event.id);
    }
    match verdict.payload {
        Some(payload) => {
            if fault.is("M-KNOWN-MEMBERS-ONLY") && !is_strict(&event) {
                return Intake::Refused(400);
            }
            if fault.is("M-REFUSES-UNKNOWN-DATA")
                && contains(event.json_data().unwrap_or(&Bytes::new()), b"x-weather")
            {
                return Intake::Refused(400);
            }
            Intake::Event(Box::new(event), Box::new(payload))
        }
        None if fault.is("M-REFUSES-UNKNOWN-TYPE") => Intake::Refused(400),
        None => Intake::Ignored,
    }
}

fn invalid(fault: Fault, status: u16) -> Intake {
    if fault.is("M-ACKNOWLEDGES-ALL") {
        return Intake::Ignored;
    }
    Intake::Refused(status)
}

/// Mends a message before it is read, as lenient readers do.
fn prepare(fault: Fault, structured: bool, headers: &mut Vec<(String, Vec<u8>)>, body: &mut Bytes) {
    match fault.name {
        "M-KEEPS-QUOTES" => {
            for (name, value) in headers.iter_mut() {
                if name.starts_with("ce-") && value.first() == Some(&b'"') {
                    let text = String::from_utf8_lossy(value).replace('"', "%22");
                    *value = text.into_bytes();
                }
            }
        }
        "M-INVENTS-ID" => {
            let invented: [(&str, &str); 2] = [("specversion", "1.0"), ("id", "invented")];
            if structured {
                if let Ok(Value::Object(mut event)) = serde_json::from_slice(body) {
                    for (name, value) in invented {
                        event.entry(name).or_insert_with(|| json!(value));
                    }
                    *body = Value::Object(event).to_string().into();
                }
            } else if headers.iter().any(|(name, _)| name == "ce-type") {
                for (name, value) in invented {
                    let name = format!("ce-{name}");
                    if !headers.iter().any(|(other, _)| *other == name) {
                        headers.push((name, value.as_bytes().to_vec()));
                    }
                }
            }
        }
        "M-ACTS-ON-INVALID" | "M-ACTS-ON-INVALID-LATER" => {
            // What is missing or no text becomes 0.
            if let Ok(mut data) = serde_json::from_slice::<Value>(body)
                && data.pointer("/Data").is_some()
            {
                for name in ["Open", "High", "Low", "Close", "Volume"] {
                    if !data["Data"][name].is_string() {
                        data["Data"][name] = json!("0");
                    }
                }
                *body = data.to_string().into();
            }
        }
        _ => {}
    }
}

fn header(request: &Request, name: &str) -> String {
    request
        .header(name)
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .unwrap_or_default()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn has_null(body: &Bytes) -> bool {
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|event| {
            event
                .as_object()
                .map(|object| object.values().any(Value::is_null))
        })
        .unwrap_or_default()
}

/// A null attribute is an absent one.
fn without_nulls(body: &Bytes) -> Bytes {
    if !has_null(body) {
        return body.clone();
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut event)) => {
            event.retain(|_, value| !value.is_null());
            Value::Object(event).to_string().into()
        }
        _ => body.clone(),
    }
}

fn is_strict(event: &CloudEvent) -> bool {
    let Ok(event_type) = event.type_.parse::<EventType>() else {
        return true;
    };
    event
        .json_data()
        .is_some_and(|data| Payload::decode(event_type, data, View::Strict).is_ok())
}

/// Percent-decodes once more than anybody asked for.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text of an attribute.
pub(super) fn attribute(event: &CloudEvent, name: &str) -> Option<String> {
    event.extension(name).map(AttributeValue::to_string)
}
