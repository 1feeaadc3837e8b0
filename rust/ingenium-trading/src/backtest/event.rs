//! An event of a run.

use std::sync::{Arc, OnceLock};

use ingenium_types::Payload;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;

use crate::role::{Cause, Emission, Origin};

/// An event as the driver delivers it: what CloudEvents calls `source`, `id` and `time`, and the payload.
#[derive(Debug, Clone)]
pub struct Event {
    /// When the fact became knowable.
    pub time: UtcTimestamp,
    /// What happened.
    pub payload: Payload,
    /// The `id` of the event that caused this one; `None` for the input.
    pub causation: Option<String>,
    /// Who has stated it, if it is input: its cause follows from that and the payload. Any other has its cause from the
    /// start.
    feed: Option<Arc<Feed>>,
    cause: OnceLock<Box<Cause>>,
}

/// Where input comes from.
#[derive(Debug, Clone)]
pub struct Feed {
    /// CloudEvents `source`.
    pub source: String,
    /// `ingeniumrun`, if the run is simulated.
    pub run: Option<String>,
    /// The `id` of what `source` states (contract, "Deterministic ids").
    pub id: fn(source: &str, payload: &Payload) -> EventId,
}

impl Event {
    /// An event of the input: the root of a chain.
    #[must_use]
    pub const fn root(feed: Arc<Feed>, time: UtcTimestamp, payload: Payload) -> Self {
        Self {
            time,
            payload,
            causation: None,
            feed: Some(feed),
            cause: OnceLock::new(),
        }
    }

    /// An event whose envelope is known; `cause` is what its effects inherit.
    #[must_use]
    pub fn stated(
        time: UtcTimestamp,
        payload: Payload,
        cause: Cause,
        causation: Option<String>,
    ) -> Self {
        Self {
            time,
            payload,
            causation,
            feed: None,
            cause: OnceLock::from(Box::new(cause)),
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
        Self::stated(time, payload, inherits, Some(cause.id))
    }
}

impl Origin for Event {
    /// What effects of this event inherit; `source` and `id` are the event's own.
    fn cause(&self) -> &Cause {
        self.cause.get_or_init(|| {
            let feed = self.feed.as_ref();
            let feed = feed.expect("an event that no feed states is made with its cause");
            Box::new(feed.cause(&self.payload))
        })
    }
}

impl Feed {
    fn cause(&self, payload: &Payload) -> Cause {
        let id = (self.id)(&self.source, payload).to_string();
        let partition_key = payload.partition_key().unwrap_or(payload.symbol().as_str());
        Cause {
            source: self.source.clone(),
            correlation: id.clone(),
            id,
            partition_key: Some(partition_key.to_owned()),
            traceparent: None,
            tracestate: None,
            run: self.run.clone(),
        }
    }
}
