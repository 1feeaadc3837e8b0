//! The way of a hot path: bytes in, typed event out, or the first thing that is wrong.
//!
//! [`decode`] says yes and no exactly where [`validate_structured`](crate::validate_structured) does. It borrows the
//! attributes from the bytes, makes no findings, and gives up at the first error; who wants all of them, in words,
//! asks the judge afterwards.

use std::borrow::Cow;

use bytes::Bytes;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload, View};

use crate::envelope::{SpecVersions, read_structured};
use crate::event::CloudEvent;
use crate::finding::{Finding, Level};
use crate::{profile, rule};

mod quick;

/// An event of the contract whose attributes borrow the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedEvent<'a> {
    /// `id`.
    pub id: Cow<'a, str>,
    /// `source`.
    pub source: Cow<'a, str>,
    /// `subject`.
    pub subject: Option<Cow<'a, str>>,
    /// The instant of `time`, if it lies in the years 1970 to 2261.
    pub time: Option<UtcTimestamp>,
    /// `partitionkey`.
    pub partition_key: Option<Cow<'a, str>>,
    /// `correlationid`.
    pub correlation_id: Option<Cow<'a, str>>,
    /// `causationid`.
    pub causation_id: Option<Cow<'a, str>>,
    /// `traceparent`, if it is W3C Trace Context.
    pub traceparent: Option<Cow<'a, str>>,
    /// `ingeniumrun`.
    pub run: Option<Cow<'a, str>>,
    /// The payload.
    pub payload: Payload,
}

/// Why bytes are no event of the contract: the first of the judge's errors, by its rule and place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule} at `{pointer}`")]
pub struct Rejection {
    /// The rule's id.
    pub rule: &'static str,
    /// JSON pointer into the event.
    pub pointer: String,
}

impl Rejection {
    fn new(rule: &'static str, pointer: impl Into<String>) -> Self {
        Self {
            rule,
            pointer: pointer.into(),
        }
    }
}

/// Reads one event in structured form.
///
/// Canonical key order without white space is fastest; any order and form is read.
///
/// # Errors
/// The first error. In the reader view an event type that the catalog does not know is refused, too: it has no type
/// here.
pub fn decode(body: &[u8], view: View) -> Result<TypedEvent<'_>, Rejection> {
    match quick::decode(body, view) {
        Some(event) => Ok(event),
        None => decode_any(body, view),
    }
}

/// Whether an event is read by the quick way alone. If so, the judge has nothing to say about it, not even a warning;
/// if not, it may still be right.
#[must_use]
pub fn is_quick(body: &[u8], view: View) -> bool {
    quick::decode(body, view).is_some()
}

/// What the quick way leaves: other forms, other time zones, escapes, and everything that is wrong.
#[cold]
fn decode_any(body: &[u8], view: View) -> Result<TypedEvent<'static>, Rejection> {
    let read = read_structured(&Bytes::copy_from_slice(body), SpecVersions::V1);
    let event = match read {
        Ok(received) => received.event,
        Err(findings) => return Err(first_error(findings).unwrap_or(Rejection::new("", ""))),
    };
    let Ok(event_type) = event.type_.parse::<EventType>() else {
        return Err(Rejection::new(rule::TYPE_UNKNOWN, "/type"));
    };
    let checked = |findings| first_error(findings).map_or(Ok(()), Err);
    checked(profile::check_envelope(&event, event_type, view))?;
    let Some(data) = event.json_data() else {
        return Err(Rejection::new(rule::NO_DATA, "/data"));
    };
    let payload = Payload::decode(event_type, data, view).map_err(|refusal| {
        Rejection::new(refusal.rule.id(), format!("/data{}", refusal.pointer))
    })?;
    if view == View::Strict {
        checked(profile::check_data(&event, &payload))?;
    }
    Ok(owned(event, payload))
}

fn first_error(findings: Vec<Finding>) -> Option<Rejection> {
    let mut errors = findings
        .into_iter()
        .filter(|finding| finding.level == Level::Error);
    errors
        .next()
        .map(|finding| Rejection::new(finding.rule, finding.pointer))
}

fn owned(event: CloudEvent, payload: Payload) -> TypedEvent<'static> {
    let extension = |name: &str| {
        let text = event.extension(name).map(ToString::to_string);
        text.map(Cow::Owned)
    };
    TypedEvent {
        time: event.instant(),
        partition_key: extension("partitionkey"),
        correlation_id: extension("correlationid"),
        causation_id: extension("causationid"),
        traceparent: extension("traceparent")
            .filter(|parent: &Cow<'_, str>| profile::trace_id(parent).is_some()),
        run: extension("ingeniumrun"),
        id: event.id.into(),
        source: event.source.into(),
        subject: event.subject.map(Cow::Owned),
        payload,
    }
}
