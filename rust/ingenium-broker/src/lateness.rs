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
    open: Open,
}

/// Who has a delivery open.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum Open {
    /// Nobody.
    #[default]
    Nobody,
    /// A subscriber whose trigger names no source: any event may be its.
    Anybody,
    /// A subscriber whose events have this source.
    Source(String),
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

    /// Who has a delivery open from now on.
    pub(crate) fn set_open(&self, open: Open) {
        self.with(|state| state.open = open);
    }

    /// Whether an event of `source` that is stored now is late.
    pub(crate) fn is_late(&self, source: &str) -> bool {
        source != self.input_source
            && self.with(|state| {
                state.started
                    && match &state.open {
                        Open::Nobody => true,
                        Open::Anybody => false,
                        Open::Source(sender) => sender != source,
                    }
            })
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
