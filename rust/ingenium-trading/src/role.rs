//! What a trading role is: events in, events out, state by key.

use std::borrow::Cow;

use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, Payload};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::states::States;

/// A pure trading role.
///
/// Calls are serialised: one event at a time, each with the state that the one before left.
pub trait Role {
    /// The state under one key (a symbol, an account). Only keys that changed are written.
    type State: Default + Clone + Serialize + DeserializeOwned;

    /// The event types that this role acts on; others are acknowledged and ignored.
    fn consumes(&self) -> &[EventType];

    /// Acts on one event.
    fn handle(
        &self,
        states: &mut States<Self::State>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition;

    /// The key that identifies the fact behind an event whatever its id, deduplicated for ever
    /// (`OrderId`, `ExecutionId`); `None` where there is none.
    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        let _ = input;
        None
    }

    /// Answers an event whose natural key is known with other content.
    fn conflict(
        &self,
        states: &mut States<Self::State>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let _ = (states, input, outbox);
        Disposition::Ignored("natural_key_conflict")
    }
}

/// An event as a role sees it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What happened.
    pub payload: &'a Payload,
    /// When the fact became knowable (CloudEvents `time`).
    pub time: UtcTimestamp,
    /// Where it came from.
    pub origin: &'a dyn Origin,
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("payload", self.payload)
            .field("time", &self.time)
            .field("cause", self.cause())
            .finish()
    }
}

impl<'a> Input<'a> {
    /// The envelope's part that effects carry on.
    #[must_use]
    pub fn cause(&self) -> &'a Cause {
        self.origin.cause()
    }
}

/// Where an event came from. Most events have no effects: what only effects need is made when one asks for it.
pub trait Origin: Sync {
    /// The envelope's part that effects carry on.
    fn cause(&self) -> &Cause;
}

impl Origin for Cause {
    fn cause(&self) -> &Cause {
        self
    }
}

/// What effects inherit from the event that caused them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cause {
    /// `source` of the causing event.
    pub source: String,
    /// `id` of the causing event: the effect's `causationid`.
    pub id: String,
    /// The chain's `correlationid`: the root's id.
    pub correlation: String,
    /// `partitionkey` of the causing event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// W3C `traceparent`; its trace id is kept down the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// W3C `tracestate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
    /// `ingeniumrun` of a simulated run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It was acted on, possibly with no effect.
    Applied,
    /// It was left out, for this reason: counted and logged, never retried.
    Ignored(&'static str),
}

/// An event to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Emission {
    /// The deterministic id.
    pub id: EventId,
    /// When the fact became knowable.
    pub time: UtcTimestamp,
    /// The event that caused it.
    pub cause: Cause,
    /// What happened.
    pub payload: Payload,
}

/// The events that one handler call emits, in order.
#[derive(Debug)]
pub struct Outbox {
    source: String,
    emissions: Vec<Emission>,
}

impl Outbox {
    /// An empty outbox of the component whose CloudEvents `source` this is.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            emissions: Vec::new(),
        }
    }

    /// The id of a fact that this component states: over its source and `fields` (contract, "Deterministic ids").
    #[must_use]
    pub fn id(&self, fields: &[&str]) -> EventId {
        let mut all: Vec<Cow<'_, str>> = vec![Cow::Borrowed(self.source.as_str())];
        all.extend(fields.iter().map(|field| Cow::Borrowed(*field)));
        EventId::of(&all.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }

    /// Emits an event.
    pub fn emit(
        &mut self,
        id: EventId,
        time: UtcTimestamp,
        cause: &Cause,
        payload: impl Into<Payload>,
    ) {
        self.emissions.push(Emission {
            id,
            time,
            cause: cause.clone(),
            payload: payload.into(),
        });
    }

    /// The events emitted so far, in order.
    #[must_use]
    pub fn into_emissions(self) -> Vec<Emission> {
        self.emissions
    }

    /// Whether nothing was emitted.
    pub(crate) const fn is_empty(&self) -> bool {
        self.emissions.is_empty()
    }

    /// Takes out the events emitted so far, in order.
    pub(crate) fn drain(&mut self) -> impl ExactSizeIterator<Item = Emission> {
        self.emissions.drain(..)
    }
}
