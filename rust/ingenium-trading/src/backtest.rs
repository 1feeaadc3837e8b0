//! Whole runs in virtual time: every role in one process, one delivery after another, in step order.
//!
//! The driver asks [`Schedule`] for each delivery, as the embedded broker does, so a run here and a run of the same
//! components over the broker state the same events. An [`Actor`] is a component as the driver sees it: a role of this
//! crate with its state ([`Typed`]), or anything else that takes an event and says what follows from it.

mod actor;
mod event;
mod measure;
mod typed;

use std::collections::BTreeMap;

use ingenium_types::event::MarketData;
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::step::{InputKey, Next, Offset, Rank, Schedule};
use ingenium_types::{EventType, Payload};

pub use actor::{Actor, Failure};
pub use event::Event;
pub use measure::{Measure, Measured, Overflow};
pub use typed::Typed;

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
    /// Events that somebody still has to get, and how many do.
    open: BTreeMap<Offset, (Event, usize)>,
    next_offset: Offset,
}

impl Driver {
    /// A driver of `actors`, the first of them the first to get each event.
    #[must_use]
    pub fn new(actors: Vec<Box<dyn Actor>>) -> Self {
        Self {
            actors,
            schedule: Schedule::new(),
            open: BTreeMap::new(),
            next_offset: 0,
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
            let (key, offset, subscribers) = (
                input_key(&event),
                self.offset(),
                self.subscribers(event.payload.event_type()),
            );
            self.schedule.input(key, offset, subscribers.clone());
            if let Some(closing) = step.filter(|step| *step < time) {
                // This event closes the step before it; whoever looks on sees that step's end first.
                self.drain(observer)?;
                observer.step_closed(closing);
            }
            step = step.max(Some(time));
            observer.stored(&event);
            self.keep(offset, event, subscribers.len());
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
            let Some((event, left)) = self.open.get_mut(&offset) else {
                // Scheduled and not yet kept: the event that has just closed a step. Its own step is not open yet.
                return Ok(());
            };
            let effects = self.actors[rank].act(event)?;
            *left -= 1;
            if *left == 0 {
                self.open.remove(&offset);
            }
            for effect in effects {
                observer.stored(&effect);
                let (offset, subscribers) =
                    (self.offset(), self.subscribers(effect.payload.event_type()));
                self.keep(offset, effect, subscribers.len());
                self.schedule.emitted(offset, subscribers);
            }
            self.schedule.settled(offset, rank);
        }
        Ok(())
    }

    fn keep(&mut self, offset: Offset, event: Event, subscribers: usize) {
        if subscribers > 0 {
            self.open.insert(offset, (event, subscribers));
        }
    }

    fn offset(&mut self) -> Offset {
        self.next_offset += 1;
        self.next_offset
    }

    fn subscribers(&self, event_type: EventType) -> Vec<Rank> {
        let ranked = self.actors.iter().enumerate();
        ranked
            .filter(|(_, actor)| actor.consumes().contains(&event_type))
            .map(|(rank, _)| rank)
            .collect()
    }
}

/// What decides an input event's place in its step.
fn input_key(event: &Event) -> InputKey {
    let period = match &event.payload {
        Payload::IngestorData(data) => match &data.data {
            MarketData::Ohlc(ohlc) => ohlc.period.as_ref().map(ToString::to_string),
            _ => None,
        },
        _ => None,
    };
    let data_type = match &event.payload {
        Payload::IngestorData(data) => data.data.tag_value().to_owned(),
        _ => String::new(),
    };
    InputKey {
        time: event.time,
        symbol: event.payload.symbol().to_string(),
        data_type,
        period: period.unwrap_or_default(),
    }
}
