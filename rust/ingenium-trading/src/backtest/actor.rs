//! A component as the driver sees it.

use ingenium_types::EventType;

use super::Event;
use crate::role::Origin as _;

/// Takes events and says what follows from each.
///
/// Calls are serialised: the next event comes when the effects of the one before are known.
pub trait Actor {
    /// The event types that it gets.
    fn consumes(&self) -> &[EventType];

    /// Acts on one event; its effects, in the order in which they are stated.
    ///
    /// # Errors
    /// [`Failure`] when the event could not be handled: nothing is known about its effects then.
    fn act(&mut self, event: &Event) -> Result<Vec<Event>, Failure>;
}

/// An event that a component could not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{component}: event `{id}` of `{source_}`: {problem}")]
pub struct Failure {
    /// The component.
    pub component: String,
    /// `source` of the event.
    pub source_: String,
    /// `id` of the event.
    pub id: String,
    /// What went wrong.
    pub problem: String,
}

impl Failure {
    /// The failure of `component` on `event`.
    #[must_use]
    pub fn new(component: &str, event: &Event, problem: impl Into<String>) -> Self {
        Self {
            component: component.to_owned(),
            source_: event.cause().source.clone(),
            id: event.cause().id.clone(),
            problem: problem.into(),
        }
    }
}
