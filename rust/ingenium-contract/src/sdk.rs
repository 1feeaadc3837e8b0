//! Conversions to and from the official SDK's `cloudevents::Event`.
//!
//! For components that are built on the SDK. They go through the JSON format, so what the SDK changes, changes: the
//! offset of `time` becomes UTC, and JSON numbers in data pass through binary floating point. The contract's events
//! state times in UTC and have no JSON numbers, so they survive.

use bytes::Bytes;

use crate::envelope::{SpecVersions, read_structured, to_structured};
use crate::event::CloudEvent;
use crate::finding::Finding;

/// An event that the other side does not accept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConversionError {
    /// The SDK refuses our event.
    #[error("the event is refused by cloudevents-sdk: {0}")]
    Sdk(#[from] serde_json::Error),
    /// We refuse the SDK's event: it accepts empty ids, illegal names and more.
    #[error("the event is no valid CloudEvent: {}", .0.first().map_or("no reason", |finding| finding.message.as_str()))]
    Invalid(Vec<Finding>),
}

impl TryFrom<&CloudEvent> for cloudevents::Event {
    type Error = ConversionError;

    fn try_from(event: &CloudEvent) -> Result<Self, ConversionError> {
        Ok(serde_json::from_slice(&to_structured(event))?)
    }
}

impl TryFrom<&cloudevents::Event> for CloudEvent {
    type Error = ConversionError;

    fn try_from(event: &cloudevents::Event) -> Result<Self, ConversionError> {
        let json = Bytes::from(serde_json::to_vec(event)?);
        let received =
            read_structured(&json, SpecVersions::V1).map_err(ConversionError::Invalid)?;
        Ok(received.event)
    }
}
