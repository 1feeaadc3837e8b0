//! Step order: which delivery comes next in a run over recorded input.
//!
//! A step is all input events with the same time. A step closes when an input event of a later time is stored or
//! the input has ended. Within a step, each subscriber in rank order gets each event in (symbol, type, period)
//! order, and after every single delivery all that was emitted meanwhile is delivered first, in log order.
//! One delivery is open at a time, so a run over the same input is the same run, whatever the machine does.
//!
//! The schedule is a pure state machine: the typed driver and the broker both ask it.

use std::collections::VecDeque;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::Payload;
use crate::event::MarketData;
use crate::scalar::{BarPeriod, UtcTimestamp};

/// The place of a stored event: its offset in the log.
pub type Offset = u64;

/// A subscriber's place in rank order.
pub type Rank = usize;

/// What decides the place of an input event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputKey {
    time: UtcTimestamp,
    symbol: SmolStr,
    data_type: SmolStr,
    period: SmolStr,
}

impl InputKey {
    /// The key of an event with this `time`, whose data have this `Symbol`, `Type` and `Period` (empty when absent).
    #[must_use]
    pub fn new(time: UtcTimestamp, symbol: &str, data_type: &str, period: &str) -> Self {
        Self {
            time,
            symbol: SmolStr::new(symbol),
            data_type: SmolStr::new(data_type),
            period: SmolStr::new(period),
        }
    }

    /// The key of an event with this `time` and payload.
    #[must_use]
    pub fn of(time: UtcTimestamp, payload: &Payload) -> Self {
        let (data_type, period) = match payload {
            Payload::IngestorData(event) => {
                let period = match &event.data {
                    MarketData::Ohlc(ohlc) => ohlc.period.as_ref().map(BarPeriod::shared),
                    _ => None,
                };
                (event.data.tag_value(), period)
            }
            _ => ("", None),
        };
        Self {
            time,
            symbol: payload.symbol().shared(),
            data_type: SmolStr::new(data_type),
            period: period.unwrap_or_default(),
        }
    }
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
///
/// Time mostly goes on and offsets always do, so all queues are filled at their end and emptied at their front; what
/// comes out of order is put in its place.
#[derive(Debug, Default)]
pub struct Schedule {
    redo: Option<(Offset, Rank)>,
    /// In log order.
    emitted: VecDeque<Open>,
    /// The open step, in the order of delivery.
    step: VecDeque<(Offset, Rank)>,
    /// Input of later steps, in the order of time.
    input: VecDeque<Input>,
    latest: Option<UtcTimestamp>,
    input_ended: bool,
}

/// An emitted event and who still has to get it.
#[derive(Debug)]
struct Open {
    offset: Offset,
    subscribers: Arc<[Rank]>,
    /// So many have it.
    settled: usize,
}

#[derive(Debug)]
struct Input {
    key: InputKey,
    offset: Offset,
    subscribers: Arc<[Rank]>,
}

impl Schedule {
    /// A schedule with nothing to do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an input event that `subscribers` (ascending) still have to get.
    pub fn input(&mut self, key: InputKey, offset: Offset, subscribers: impl Into<Arc<[Rank]>>) {
        let subscribers = subscribers.into();
        self.latest = self.latest.max(Some(key.time));
        if subscribers.is_empty() {
            return;
        }
        let later = self.input.iter().rev();
        let later = later.take_while(|other| other.key.time > key.time).count();
        let input = Input {
            key,
            offset,
            subscribers,
        };
        self.input.insert(self.input.len() - later, input);
    }

    /// Adds any other event that `subscribers` (ascending) still have to get.
    pub fn emitted(&mut self, offset: Offset, subscribers: impl Into<Arc<[Rank]>>) {
        let subscribers = subscribers.into();
        if subscribers.is_empty() {
            return;
        }
        let later = self.emitted.iter().rev();
        let later = later.take_while(|other| other.offset > offset).count();
        let open = Open {
            offset,
            subscribers,
            settled: 0,
        };
        self.emitted.insert(self.emitted.len() - later, open);
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
    pub fn next_delivery(&mut self) -> Next {
        if let Some((offset, subscriber)) = self.redo {
            return Next::Deliver(offset, subscriber);
        }
        if let Some(open) = self.emitted.front() {
            return Next::Deliver(open.offset, open.subscribers[open.settled]);
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

    /// The delivery that [`next_delivery`](Self::next_delivery) has named is settled: accepted, or given up after its
    /// last attempt. What it has caused may have been [`emitted`](Self::emitted) before.
    pub fn settled(&mut self, offset: Offset, subscriber: Rank) {
        if self.redo == Some((offset, subscriber)) {
            self.redo = None;
        } else if self.step.front() == Some(&(offset, subscriber)) {
            self.step.pop_front();
        } else if let Ok(place) = self
            .emitted
            .binary_search_by_key(&offset, |open| open.offset)
        {
            let open = &mut self.emitted[place];
            if open.subscribers[open.settled] == subscriber {
                open.settled += 1;
            }
            if open.settled == open.subscribers.len() {
                self.emitted.remove(place);
            }
        }
    }

    fn open_step(&mut self) {
        let Some(Input { key, .. }) = self.input.front() else {
            return;
        };
        let time = key.time;
        if !self.input_ended && self.latest <= Some(time) {
            return;
        }
        let events = self.input.iter().take_while(|input| input.key.time == time);
        let events = events.count();
        if events == 1 {
            if let Some(event) = self.input.pop_front() {
                let pairs = event.subscribers.iter().map(|&rank| (event.offset, rank));
                self.step.extend(pairs);
            }
            return;
        }
        let events = self.input.make_contiguous().split_at_mut(events).0;
        events.sort_unstable_by(|a, b| (&a.key, a.offset).cmp(&(&b.key, b.offset)));
        let subscribers = events.iter().flat_map(|event| event.subscribers.iter());
        // Few of them: each is looked for in all events, which costs less than sorting pairs.
        let mut last = None;
        while let Some(&rank) = subscribers.clone().filter(|rank| Some(**rank) > last).min() {
            let its = events
                .iter()
                .filter(|event| event.subscribers.contains(&rank));
            self.step.extend(its.map(|event| (event.offset, rank)));
            last = Some(rank);
        }
        let events = events.len();
        self.input.drain(..events);
    }
}
