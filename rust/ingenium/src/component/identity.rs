//! What two deliveries must have in common to be the same event, or the same fact.

use ingenium_contract::CloudEvent;
use ingenium_types::Payload;
use ingenium_types::canonical::canonical;
use ingenium_types::fingerprint::{Line, fingerprint};

/// What is compared when a natural key comes again: the payload in RFC 8785 form.
pub(super) fn content_of(payload: &Payload) -> String {
    let bytes = payload.encode();
    let canonical = canonical(&bytes).unwrap_or(bytes);
    String::from_utf8_lossy(&canonical).into_owned()
}

/// What is compared when an event comes again: one line of the fingerprint, without attributes that a resend may
/// change.
pub(super) fn said(event: &CloudEvent) -> String {
    let data = event.json_data().map(AsRef::as_ref);
    let line = Line::new(
        &event.type_,
        event.subject.as_deref(),
        event.instant(),
        data,
    );
    // The payload was decoded, so the data is JSON.
    line.map_or_else(|_| String::new(), |line| fingerprint(vec![line]))
}
