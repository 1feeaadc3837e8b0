//! What a dead letter sink is told (Knative's extensions, with the Kafka broker's types and lengths).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ingenium_contract::CloudEvent;
use ingenium_contract::attribute::{check_name, check_value};

use super::attempt::Failure;
use crate::trigger::Profile;

/// So much of the last answer's body goes along.
const MAX_DATA: usize = 1024;

/// An answer's headers with this prefix go along in profile `kafka`.
const HEADER: &str = "kne-";

/// The event with the reason why nobody took it.
pub(super) fn letter(
    event: &CloudEvent,
    address: &str,
    status: Option<u16>,
    failure: &Failure,
    profile: Profile,
) -> CloudEvent {
    let mut letter = event.clone();
    letter.set_extension("knativeerrordest", address);
    let as_channels = profile.writes_errors_as_channels_do();
    if let Some(status) = status {
        if as_channels {
            letter.set_extension("knativeerrorcode", i32::from(status));
        } else {
            letter.set_extension("knativeerrorcode", status.to_string());
        }
    }
    if !failure.body.is_empty() {
        let most = if as_channels {
            MAX_DATA / 4 * 3
        } else {
            MAX_DATA
        };
        let data = STANDARD.encode(&failure.body[..failure.body.len().min(most)]);
        letter.set_extension("knativeerrordata", data);
    }
    if profile.copies_error_headers() {
        for (name, value) in &failure.headers {
            if let Some(name) = name.strip_prefix(HEADER)
                && let Ok(value) = std::str::from_utf8(value)
                && check_name(name).is_ok()
                && check_value(name, value).is_ok()
            {
                set(&mut letter, name, value);
            }
        }
    }
    letter
}

/// Sets an attribute, also one that the event is known by: Knative's Kafka broker lets a subscriber do that.
fn set(letter: &mut CloudEvent, name: &str, value: &str) {
    match name {
        "id" => value.clone_into(&mut letter.id),
        "source" => value.clone_into(&mut letter.source),
        "type" => value.clone_into(&mut letter.type_),
        "subject" => letter.subject = Some(value.to_owned()),
        // What the data is and when it happened is nobody's to change.
        "specversion" | "time" | "datacontenttype" | "dataschema" | "data" => {}
        name => letter.set_extension(name, value),
    }
}
