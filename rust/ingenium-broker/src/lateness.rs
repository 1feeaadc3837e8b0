//! Whether an event is late: stored in mode `step` while no delivery to its sender was open.
//!
//! Such an event was emitted by something that the step order does not govern (a component that answers before it
//! emits, a second source), so another run may see it elsewhere.

use std::sync::{Mutex, PoisonError};

/// What decides it. Before dispatch starts nothing is late: components flush what an earlier process left.
#[derive(Debug)]
pub(crate) struct Lateness {
    input_source: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    started: bool,
    /// The source of the subscriber that has a delivery open.
    sender: Option<String>,
}

impl Lateness {
    pub(crate) fn new(input_source: String) -> Self {
        Self {
            input_source,
            state: Mutex::default(),
        }
    }

    /// Dispatch has started.
    pub(crate) fn start(&self) {
        self.with(|state| state.started = true);
    }

    /// A delivery to a subscriber with this source is open now, or none.
    pub(crate) fn set_open(&self, sender: Option<String>) {
        self.with(|state| state.sender = sender);
    }

    /// Whether an event of `source` that is stored now is late.
    pub(crate) fn is_late(&self, source: &str) -> bool {
        source != self.input_source
            && self.with(|state| state.started && state.sender.as_deref() != Some(source))
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
