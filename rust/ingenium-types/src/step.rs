//! Step order: which delivery comes next in a run over recorded input.
//!
//! A step is all input events with the same time. A step closes when an input event of a later time is stored or
//! the input has ended. Within a step, each subscriber in rank order gets each event in (symbol, type, period)
//! order, and after every single delivery all that was emitted meanwhile is delivered first, in log order.
//! One delivery is open at a time, so a run over the same input is the same run, whatever the machine does.
//!
//! The schedule is a pure state machine: the typed driver and the broker both ask it.

use std::collections::{BTreeMap, VecDeque};

use crate::scalar::UtcTimestamp;

/// The place of a stored event: its offset in the log.
pub type Offset = u64;

/// A subscriber's place in rank order.
pub type Rank = usize;

/// What decides the place of an input event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputKey {
    /// The event's `time`.
    pub time: UtcTimestamp,
    /// The data's `Symbol`.
    pub symbol: String,
    /// The data's `Type`.
    pub data_type: String,
    /// The data's `Period`, empty when absent.
    pub period: String,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Deliver this event to this subscriber and report it [`settled`](Schedule::settled).
    Deliver(Offset, Rank),
    /// Nothing until another event is stored or the input ends.
    Wait,
    /// The input has ended and every delivery is settled.
    Done,
}

/// The deliveries still to be made, in order.
#[derive(Debug, Default)]
pub struct Schedule {
    redo: Option<(Offset, Rank)>,
    emitted: BTreeMap<Offset, VecDeque<Rank>>,
    step: VecDeque<(Offset, Rank)>,
    input: BTreeMap<UtcTimestamp, Vec<(InputKey, Offset, Vec<Rank>)>>,
    latest: Option<UtcTimestamp>,
    input_ended: bool,
}

impl Schedule {
    /// A schedule with nothing to do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an input event that `subscribers` (ascending) still have to get.
    pub fn input(&mut self, key: InputKey, offset: Offset, subscribers: Vec<Rank>) {
        self.latest = self.latest.max(Some(key.time));
        if !subscribers.is_empty() {
            self.input
                .entry(key.time)
                .or_default()
                .push((key, offset, subscribers));
        }
    }

    /// Adds any other event that `subscribers` (ascending) still have to get.
    pub fn emitted(&mut self, offset: Offset, subscribers: Vec<Rank>) {
        if !subscribers.is_empty() {
            self.emitted.insert(offset, subscribers.into());
        }
    }

    /// The input is complete: its last step closes.
    pub const fn end_input(&mut self) {
        self.input_ended = true;
    }

    /// After a crash: the delivery that was open is made first, once more.
    pub const fn redo(&mut self, offset: Offset, subscriber: Rank) {
        self.redo = Some((offset, subscriber));
    }

    /// The next delivery. Asking again without [`settled`](Self::settled) gives the same one.
    #[expect(clippy::should_implement_trait, reason = "asking does not advance")]
    pub fn next(&mut self) -> Next {
        if let Some((offset, subscriber)) = self.redo {
            return Next::Deliver(offset, subscriber);
        }
        if let Some((offset, subscribers)) = self.emitted.first_key_value() {
            return Next::Deliver(*offset, subscribers[0]);
        }
        if self.step.is_empty() {
            self.open_step();
        }
        match self.step.front() {
            Some(&(offset, subscriber)) => Next::Deliver(offset, subscriber),
            None if self.input_ended => Next::Done,
            None => Next::Wait,
        }
    }

    /// The delivery is settled: accepted, or given up after its last attempt.
    pub fn settled(&mut self, offset: Offset, subscriber: Rank) {
        if self.redo == Some((offset, subscriber)) {
            self.redo = None;
        }
        if let Some(subscribers) = self.emitted.get_mut(&offset) {
            subscribers.retain(|&other| other != subscriber);
            if subscribers.is_empty() {
                self.emitted.remove(&offset);
            }
            return;
        }
        if self.step.is_empty() {
            self.open_step();
        }
        self.step.retain(|&pair| pair != (offset, subscriber));
    }

    fn open_step(&mut self) {
        let Some(entry) = self.input.first_entry() else {
            return;
        };
        if !self.input_ended && self.latest <= Some(*entry.key()) {
            return;
        }
        let mut events = entry.remove();
        events.sort_unstable_by(|(a, a_offset, _), (b, b_offset, _)| {
            (a, a_offset).cmp(&(b, b_offset))
        });
        let mut pairs: Vec<(Rank, usize, Offset)> = Vec::new();
        for (place, (_, offset, subscribers)) in events.iter().enumerate() {
            pairs.extend(
                subscribers
                    .iter()
                    .map(|&subscriber| (subscriber, place, *offset)),
            );
        }
        pairs.sort_unstable();
        self.step = pairs
            .into_iter()
            .map(|(subscriber, _, offset)| (offset, subscriber))
            .collect();
    }
}
