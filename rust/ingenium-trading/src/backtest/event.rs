//! An event of a run.

use ingenium_types::Payload;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;

use crate::role::{Cause, Emission};

/// An event as the driver delivers it: what CloudEvents calls `source`, `id` and `time`, and the payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When the fact became knowable.
    pub time: UtcTimestamp,
    /// What happened.
    pub payload: Payload,
    /// What effects of this event inherit; `source` and `id` are the event's own.
    pub cause: Cause,
    /// The `id` of the event that caused this one; `None` for the input.
    pub causation: Option<String>,
}

impl Event {
    /// An event of the input, from `source`: the root of a chain.
    #[must_use]
    pub fn root(
        source: &str,
        id: EventId,
        time: UtcTimestamp,
        payload: Payload,
        run: Option<&str>,
    ) -> Self {
        let id = id.to_string();
        let partition_key = payload.partition_key().unwrap_or(payload.symbol().as_str());
        let cause = Cause {
            source: source.to_owned(),
            correlation: id.clone(),
            id,
            partition_key: Some(partition_key.to_owned()),
            traceparent: None,
            tracestate: None,
            run: run.map(ToOwned::to_owned),
        };
        Self {
            time,
            payload,
            cause,
            causation: None,
        }
    }

    /// What the component `source` has emitted.
    #[must_use]
    pub fn emitted(source: &str, emission: Emission) -> Self {
        let Emission {
            id,
            time,
            cause,
            payload,
        } = emission;
        let partition_key = payload
            .partition_key()
            .or(cause.partition_key.as_deref())
            .unwrap_or(payload.symbol().as_str())
            .to_owned();
        let inherits = Cause {
            source: source.to_owned(),
            id: id.to_string(),
            correlation: cause.correlation,
            partition_key: Some(partition_key),
            traceparent: cause.traceparent,
            tracestate: cause.tracestate,
            run: cause.run,
        };
        Self {
            time,
            payload,
            cause: inherits,
            causation: Some(cause.id),
        }
    }
}
