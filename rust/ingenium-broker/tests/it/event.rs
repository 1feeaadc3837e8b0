//! Events from their JSON members, also such as no broker would take.

use ingenium_contract::{AttributeValue, CloudEvent, Time};
use serde_json::Value;

/// The event with these attributes; a required one that is not given has some value.
pub(crate) fn event(members: &Value) -> CloudEvent {
    let mut event = CloudEvent::json("1", "/source", "a.type", "{}");
    event.datacontenttype = None;
    for (name, value) in members.as_object().expect("an object") {
        let text = value.as_str().map(ToOwned::to_owned);
        match (name.as_str(), text) {
            ("specversion", Some(text)) => event.specversion = text,
            ("id", Some(text)) => event.id = text,
            ("source", Some(text)) => event.source = text,
            ("type", Some(text)) => event.type_ = text,
            ("subject", text) => event.subject = text,
            ("time", Some(text)) => event.time = Some(Time::parse(&text).expect("RFC 3339")),
            ("datacontenttype", text) => event.datacontenttype = text,
            ("dataschema", text) => event.dataschema = text,
            (name, Some(text)) => event.set_extension(name, text),
            (name, None) => event.set_extension(name, plain(value)),
        }
    }
    event
}

fn plain(value: &Value) -> AttributeValue {
    match (value.as_bool(), value.as_i64()) {
        (Some(value), _) => AttributeValue::Boolean(value),
        (_, Some(number)) => AttributeValue::Integer(i32::try_from(number).expect("32 bits")),
        _ => panic!("{value} is the value of no attribute"),
    }
}
