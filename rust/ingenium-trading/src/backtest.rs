//! Whole runs in virtual time: every role in one process, one delivery after another, in step order.
//!
//! The driver asks [`Schedule`] for each delivery, as the embedded broker does, so a run here and a run of the same
//! components over the broker state the same events. An [`Actor`] is a component as the driver sees it: a role of this
//! crate with its state ([`Typed`]), or anything else that takes an event and says what follows from it.

mod actor;
mod event;
mod log;
mod measure;
mod typed;

use std::sync::Arc;

use ingenium_types::EventType;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::step::{InputKey, Next, Rank, Schedule};

pub use actor::{Actor, Failure};
pub use event::{Event, Feed};
pub use measure::{Measure, Measured, Overflow};
pub use typed::Typed;

use log::Log;

/// Sees what happens in a run, in log order.
pub trait Observer {
    /// An event was stored; its deliveries come after.
    fn stored(&mut self, event: &Event);

    /// Every delivery of the step whose input has this `time` is settled.
    fn step_closed(&mut self, time: UtcTimestamp) {
        let _ = time;
    }
}

/// Drives `actors`, in rank order, over an input until nothing is left to deliver.
pub struct Driver {
    actors: Vec<Box<dyn Actor>>,
    schedule: Schedule,
    log: Log,
    /// The ranks of those who get an event, by its type.
    subscribers: Vec<Arc<[Rank]>>,
}

impl Driver {
    /// A driver of `actors`, the first of them the first to get each event.
    #[must_use]
    pub fn new(actors: Vec<Box<dyn Actor>>) -> Self {
        let subscribers = EventType::ALL.iter().map(|event_type| {
            let ranked = actors.iter().enumerate();
            ranked
                .filter(|(_, actor)| actor.consumes().contains(event_type))
                .map(|(rank, _)| rank)
                .collect()
        });
        Self {
            subscribers: subscribers.collect(),
            actors,
            schedule: Schedule::new(),
            log: Log::default(),
        }
    }

    /// Runs `input`, which must not go back in `time`, to its end.
    ///
    /// # Errors
    /// [`Failure`] of the actor that could not take an event; the run is void then.
    pub fn run(
        mut self,
        input: impl IntoIterator<Item = Event>,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        let mut step: Option<UtcTimestamp> = None;
        for event in input {
            let time = event.time;
            let (key, subscribers) = (InputKey::of(time, &event.payload), self.subscribers(&event));
            // Stored before what its arrival lets happen; whoever looks on reads it after that.
            let offset = self.log.append(event, subscribers.len() + 1);
            self.schedule.input(key, offset, subscribers);
            if let Some(closing) = step.filter(|step| *step < time) {
                self.drain(observer)?;
                observer.step_closed(closing);
            }
            step = step.max(Some(time));
            observer.stored(self.log.get(offset));
            self.log.read(offset);
        }
        self.schedule.end_input();
        self.drain(observer)?;
        if let Some(closing) = step {
            observer.step_closed(closing);
        }
        Ok(())
    }

    fn drain(&mut self, observer: &mut impl Observer) -> Result<(), Failure> {
        while let Next::Deliver(offset, rank) = self.schedule.next_delivery() {
            let effects = self.actors[rank].act(self.log.get(offset))?;
            self.log.read(offset);
            for effect in effects {
                observer.stored(&effect);
                let subscribers = self.subscribers(&effect);
                let offset = self.log.append(effect, subscribers.len());
                self.schedule.emitted(offset, subscribers);
            }
            self.schedule.settled(offset, rank);
        }
        Ok(())
    }

    fn subscribers(&self, event: &Event) -> Arc<[Rank]> {
        Arc::clone(&self.subscribers[event.payload.event_type() as usize])
    }
}
