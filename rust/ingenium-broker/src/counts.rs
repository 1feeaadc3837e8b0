//! What a broker has done so far.

use std::sync::atomic::{AtomicU64, Ordering};

/// Totals over the whole log, earlier processes included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that were stored.
    pub stored: u64,
    /// Deliveries that were accepted.
    pub delivered: u64,
    /// Deliveries that were given up.
    pub dead_letters: u64,
    /// Events that were stored while no delivery to their sender was open (mode `step` only).
    pub late: u64,
    /// Events that retention has removed.
    pub removed: u64,
    /// Deliveries that are being made.
    pub open: u64,
    /// Input events whose deliveries are all settled (mode `step` only).
    pub input_delivered: u64,
}

/// The totals as they change.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) stored: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) dead_letters: AtomicU64,
    pub(crate) late: AtomicU64,
    pub(crate) removed: AtomicU64,
    pub(crate) open: AtomicU64,
    pub(crate) input_delivered: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            stored: read(&self.stored),
            delivered: read(&self.delivered),
            dead_letters: read(&self.dead_letters),
            late: read(&self.late),
            removed: read(&self.removed),
            open: read(&self.open),
            input_delivered: read(&self.input_delivered),
        }
    }
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// One more as long as this lives.
pub(crate) struct Counted<'a>(&'a AtomicU64);

impl<'a> Counted<'a> {
    pub(crate) fn new(counter: &'a AtomicU64) -> Self {
        count(counter);
        Self(counter)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
