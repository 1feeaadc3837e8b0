//! The recent end of the log in memory, and word of its growth.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use tokio::sync::watch;

use crate::error::Error;
use crate::store::{Reader, Shared, StoredEvent};

/// What the events in memory may take in all, in bytes of data.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Events one after another.
pub(crate) type Page = Vec<Shared>;

/// How many events of the memory are a page at most.
const PAGE: usize = 256;

/// The bytes that end a page.
pub(crate) const PAGE_BYTES: usize = 256 * 1024;

/// Everything that is on disk can be read here, the recent part without touching it.
#[derive(Debug)]
pub(crate) struct Log {
    recent: Mutex<Recent>,
    /// The first offset that retention has kept.
    first: AtomicU64,
    head: watch::Sender<u64>,
    reader: Reader,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Recent {
    events: VecDeque<Shared>,
    bytes: usize,
}

impl Log {
    pub(crate) fn new(reader: Reader, first: u64, head: u64, capacity: usize) -> Self {
        Self {
            recent: Mutex::default(),
            first: AtomicU64::new(first),
            head: watch::Sender::new(head),
            reader,
            capacity,
        }
    }

    /// The first offset that is still there; 1 in an empty log.
    pub(crate) fn first(&self) -> u64 {
        self.first.load(Ordering::Acquire)
    }

    /// Learns that what was before `first` has been removed.
    pub(crate) fn set_first(&self, first: u64) {
        self.first.store(first, Ordering::Release);
    }

    /// The last offset that is on disk.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    /// Hears when the log grows.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Adds events that are on disk now, in order.
    pub(crate) fn append(&self, events: Vec<Shared>) {
        let Some(last) = events.last().map(|event| event.offset) else {
            return;
        };
        let mut recent = self.lock();
        recent.bytes += events.iter().map(|event| size(event)).sum::<usize>();
        recent.events.extend(events);
        while recent.events.len() > self.capacity || recent.bytes > MAX_BYTES {
            let Some(oldest) = recent.events.pop_front() else {
                break;
            };
            recent.bytes -= size(&oldest);
        }
        drop(recent);
        self.head.send_replace(last);
    }

    /// Up to `count` events from `first` on, or from the first that is kept.
    pub(crate) async fn read(&self, first: u64, count: usize) -> Result<Vec<Shared>, Error> {
        let first = first.max(self.first());
        if first > self.head() {
            return Ok(Vec::new());
        }
        if let Some(events) = self.read_recent(first, count) {
            return Ok(events);
        }
        self.reader
            .query(move |connection| crate::store::reader::events(connection, first, count))
            .await
    }

    /// Some events from `first` on, until together they are a page; those that are on disk only are read by
    /// `reader`.
    pub(crate) async fn page(&self, reader: &Reader, first: u64) -> Result<Page, Error> {
        if let Some(mut events) = self.read_recent(first, PAGE) {
            let mut bytes = 0;
            let full = events.iter().position(|event| {
                bytes += size(event);
                bytes >= PAGE_BYTES
            });
            events.truncate(full.map_or(PAGE, |last| last + 1));
            return Ok(events);
        }
        reader
            .query(move |connection| crate::store::reader::page(connection, first, PAGE_BYTES))
            .await
    }

    /// The event at `offset`.
    pub(crate) async fn event(&self, offset: u64) -> Result<Shared, Error> {
        let found = self.read(offset, 1).await?.pop();
        found
            .filter(|event| event.offset == offset)
            .ok_or_else(|| Error::Unavailable {
                reason: format!("event {offset} is missing in the store"),
            })
    }

    fn read_recent(&self, first: u64, count: usize) -> Option<Vec<Shared>> {
        let recent = self.lock();
        let oldest = recent.events.front()?.offset;
        // Offsets have no gaps: the place in memory follows from the first.
        let skip = usize::try_from(first.checked_sub(oldest)?).ok()?;
        Some(
            recent
                .events
                .iter()
                .skip(skip)
                .take(count)
                .cloned()
                .collect(),
        )
    }

    fn lock(&self) -> MutexGuard<'_, Recent> {
        self.recent
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

pub(crate) fn size(event: &StoredEvent) -> usize {
    // Attributes are small and bounded; a flat amount stands for them.
    512 + event
        .event
        .data
        .as_ref()
        .map_or(0, |data| data.bytes().len())
}
