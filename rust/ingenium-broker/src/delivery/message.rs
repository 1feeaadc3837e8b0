//! Events as they go out.

use std::borrow::Cow;

use bytes::Bytes;
use ingenium_contract::{CloudEvent, envelope};

use super::manner::Manner;
use crate::core::Core;
use crate::data_plane::TTL;
use crate::store::{Shared, StoredEvent};
use crate::trigger::Format;

/// The extension of events that were stored before their trigger asked for them. Live executors refuse it.
const REPLAY: &str = "ingeniumreplay";

/// An event as it goes out.
pub(super) struct Message {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl Message {
    /// The attributes' text and the data's bytes as they came, and what the broker adds. The event has gone out of the
    /// broker then: its count of passes is none of the recipient's business.
    pub(super) fn new(
        core: &Core,
        event: &CloudEvent,
        stored: &StoredEvent,
        manner: &Manner,
    ) -> Self {
        let event = outgoing(event, stored, manner);
        let event = event.as_ref();
        let format = manner.delivery.format.unwrap_or(Format::Binary);
        let is_structured =
            format == Format::Json && manner.profile.honours_format_and_retry_after();
        let (mut headers, body) = if is_structured {
            let media_type = ("content-type".to_owned(), envelope::STRUCTURED.to_owned());
            (vec![media_type], envelope::to_structured(event).into())
        } else {
            envelope::to_binary(event)
        };
        headers.extend(usual_headers(core));
        headers.extend(manner.profile.delivery_headers(event, stored.offset));
        let trace = stored.trace.iter();
        headers.extend(trace.map(|(name, value)| ((*name).to_owned(), value.clone())));
        Self { headers, body }
    }

    /// Events in one request, in their order.
    pub(super) fn batch(core: &Core, events: &[Shared], manner: &Manner) -> Self {
        let mut body = vec![b'['];
        for stored in events {
            if body.len() > 1 {
                body.push(b',');
            }
            let event = outgoing(&stored.event, stored, manner);
            body.extend_from_slice(&envelope::to_structured(&event));
        }
        body.push(b']');
        let mut headers = vec![("content-type".to_owned(), envelope::BATCH.to_owned())];
        headers.extend(usual_headers(core));
        Self {
            headers,
            body: body.into(),
        }
    }
}

/// The event as a recipient sees it.
fn outgoing<'a>(
    event: &'a CloudEvent,
    stored: &StoredEvent,
    manner: &Manner,
) -> Cow<'a, CloudEvent> {
    let is_replayed = stored.offset <= manner.replayed;
    if !is_replayed && event.extension(TTL).is_none() {
        return Cow::Borrowed(event);
    }
    let mut event = event.clone();
    event.remove_extension(TTL);
    if is_replayed {
        event.set_extension(REPLAY, "true");
    }
    Cow::Owned(event)
}

/// What Knative says to every recipient.
fn usual_headers(core: &Core) -> [(String, String); 2] {
    [
        ("prefer".to_owned(), "reply".to_owned()),
        ("kn-namespace".to_owned(), core.config.namespace.clone()),
    ]
}
