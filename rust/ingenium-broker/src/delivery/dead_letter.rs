//! What a dead letter sink is told (Knative's extensions, with the Kafka broker's types and lengths).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ingenium_contract::CloudEvent;

/// So much of the last answer's body goes along.
const MAX_DATA: usize = 1024;

/// The event with the reason why nobody took it.
pub(super) fn letter(
    event: &CloudEvent,
    address: &str,
    status: Option<u16>,
    body: &[u8],
) -> CloudEvent {
    let mut letter = event.clone();
    letter.set_extension("knativeerrordest", address);
    if let Some(status) = status {
        letter.set_extension("knativeerrorcode", status.to_string());
    }
    if !body.is_empty() {
        let data = STANDARD.encode(&body[..body.len().min(MAX_DATA)]);
        letter.set_extension("knativeerrordata", data);
    }
    letter
}
