//! The events of a run that somebody still has to get.

use std::collections::VecDeque;

use ingenium_types::step::Offset;

use super::Event;

/// A log that forgets what everybody has read. Offsets count from 1 without a gap, so an event's place is known.
#[derive(Debug)]
pub(super) struct Log {
    /// The offset of the first that is kept.
    first: Offset,
    kept: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// Apart, so that it is moved once and not with every other step of the log.
    event: Box<Event>,
    /// How many have not read it.
    readers: usize,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            first: 1,
            kept: VecDeque::new(),
        }
    }
}

impl Log {
    /// Stores an event that so many have to read; its offset.
    pub(super) fn append(&mut self, event: Event, readers: usize) -> Offset {
        let offset = self.first + self.kept.len() as Offset;
        let event = Box::new(event);
        self.kept.push_back(Kept { event, readers });
        self.forget();
        offset
    }

    /// The event at an offset, which somebody still has to read.
    pub(super) fn get(&self, offset: Offset) -> &Event {
        &self.kept[self.place(offset)].event
    }

    /// One more has read the event at `offset`.
    pub(super) fn read(&mut self, offset: Offset) {
        let place = self.place(offset);
        self.kept[place].readers -= 1;
        self.forget();
    }

    fn place(&self, offset: Offset) -> usize {
        usize::try_from(offset - self.first).expect("what is kept fits the memory")
    }

    fn forget(&mut self) {
        while self.kept.front().is_some_and(|kept| kept.readers == 0) {
            self.kept.pop_front();
            self.first += 1;
        }
    }
}
