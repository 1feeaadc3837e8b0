//! Events that come again while a run goes on.

use std::collections::VecDeque;

use ingenium_trading::backtest::{Actor, Event, Failure};
use ingenium_trading::{Cause, Origin as _};
use ingenium_types::{EventType, Payload};

/// An actor that gets events again, so many deliveries later and as other events that state the same.
pub(super) struct Again<A> {
    actor: A,
    after: usize,
    earlier: VecDeque<Event>,
}

impl<A> Again<A> {
    pub(super) const fn new(actor: A, after: usize) -> Self {
        Self {
            actor,
            after,
            earlier: VecDeque::new(),
        }
    }
}

impl<A: Actor> Actor for Again<A> {
    fn consumes(&self) -> &[EventType] {
        self.actor.consumes()
    }

    fn act(&mut self, event: &Event) -> Result<Vec<Event>, Failure> {
        let effects = self.actor.act(event)?;
        // A signal under another id is another signal: it has no fact of its own to be known by.
        if !matches!(event.payload, Payload::StrategySignal(_)) {
            let cause = Cause {
                id: format!("again-{}", event.cause().id),
                ..event.cause().clone()
            };
            let causation = event.causation.clone();
            let again = Event::stated(event.time, event.payload.clone(), cause, causation);
            self.earlier.push_back(again);
        }
        if self.earlier.len() > self.after
            && let Some(again) = self.earlier.pop_front()
        {
            let more = self.actor.act(&again)?;
            assert!(more.is_empty(), "{again:?} leads to {more:?}");
        }
        Ok(effects)
    }
}
