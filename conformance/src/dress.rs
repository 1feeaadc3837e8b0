//! How an event travels: content mode, header spelling, attributes and members that it did not have.

use ingenium_contract::{AttributeValue, CloudEvent, Time, envelope, event::Data};
use serde_json::{Value, json};

use crate::case::{Manner, Mode};
use crate::stimulus::{change, data_of, text};

/// The event that is meant, before it becomes a message.
#[must_use]
pub(crate) fn event(mut event: CloudEvent, manner: &Manner) -> CloudEvent {
    if let Some(suffix) = &manner.id_suffix {
        event.id.push_str(suffix);
    }
    if let (Mode::Binary, Some(media_type)) = (manner.mode, &manner.content_type) {
        event.datacontenttype = Some(media_type.clone());
    }
    for (name, value) in &manner.attributes {
        set(&mut event, name, value);
    }
    if !manner.data.is_empty() || manner.data_bytes.is_some() {
        let mut data = data_of(&event);
        change(&mut data, &manner.data);
        if let Some(bytes) = manner.data_bytes {
            let member = r#","Padding":"""#.len();
            let missing = bytes.saturating_sub(data.to_string().len() + member);
            data["Padding"] = json!("x".repeat(missing));
        }
        event.data = Some(Data::Json(text(&data).into()));
    }
    event
}

fn set(event: &mut CloudEvent, name: &str, value: &Value) {
    let value = match value {
        Value::String(text) => AttributeValue::String(text.clone()),
        Value::Bool(value) => AttributeValue::Boolean(*value),
        Value::Number(number) => match number.as_i64().and_then(|n| i32::try_from(n).ok()) {
            Some(number) => AttributeValue::Integer(number),
            None => AttributeValue::String(number.to_string()),
        },
        // Null stands in structured mode only, as null.
        Value::Null | Value::Array(_) | Value::Object(_) => return,
    };
    let words = value.to_string();
    match name {
        "time" => event.time = Time::parse(&words),
        "subject" => event.subject = Some(words),
        "dataschema" => event.dataschema = Some(words),
        _ => event.set_extension(name, value),
    }
}

/// The headers and the body.
#[must_use]
pub(crate) fn message(event: &CloudEvent, manner: &Manner) -> (Vec<(String, String)>, Vec<u8>) {
    let (mut headers, body) = match manner.mode {
        Mode::Binary => {
            let (mut headers, body) = envelope::to_binary(event);
            if manner.quoted {
                for (_, value) in headers
                    .iter_mut()
                    .filter(|(name, _)| name.starts_with("ce-"))
                {
                    *value = format!("\"{value}\"");
                }
            }
            (headers, body.to_vec())
        }
        Mode::Structured => {
            let media_type = manner
                .content_type
                .as_deref()
                .unwrap_or(envelope::STRUCTURED);
            let mut body = envelope::to_structured(event);
            let nulls: String = manner
                .attributes
                .iter()
                .filter(|(_, value)| value.is_null())
                .map(|(name, _)| format!("\"{name}\":null,"))
                .collect();
            body.splice(1..1, nulls.into_bytes());
            (
                vec![("content-type".to_owned(), media_type.to_owned())],
                body,
            )
        }
    };
    headers.push(("prefer".to_owned(), "reply".to_owned()));
    (headers, body)
}
