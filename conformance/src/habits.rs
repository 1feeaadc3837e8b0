//! What a run has learned about its component: how much makes it act, and whether it emits after its answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

/// What has been seen so far, by all instances.
#[derive(Debug, Default)]
pub(crate) struct Habits {
    /// How many inputs it took to act, by the day of the first.
    inputs: Mutex<HashMap<usize, usize>>,
    late: AtomicBool,
    /// It had to be killed.
    stubborn: AtomicBool,
    /// Deliveries in a row that used up their attempts.
    exhausted: AtomicUsize,
}

impl Habits {
    /// How many inputs from a day on have made it act.
    pub(crate) fn inputs(&self, day: usize) -> Option<usize> {
        self.lock().get(&day).copied()
    }

    /// It acted on so many inputs; the first time counts.
    pub(crate) fn acted_after(&self, day: usize, inputs: usize) {
        self.lock().entry(day).or_insert(inputs);
    }

    /// Whether it emits after its answers.
    pub(crate) fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }

    /// It emitted after its answer.
    pub(crate) fn was_late(&self) {
        self.late.store(true, Ordering::Relaxed);
    }

    /// Whether it has ignored TERM.
    pub(crate) fn is_stubborn(&self) -> bool {
        self.stubborn.load(Ordering::Relaxed)
    }

    /// It ignored TERM.
    pub(crate) fn was_stubborn(&self) {
        self.stubborn.store(true, Ordering::Relaxed);
    }

    /// How many deliveries in a row used up their attempts.
    pub(crate) fn exhausted(&self) -> usize {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// A delivery used up its attempts, or did not.
    pub(crate) fn has_exhausted(&self, attempts: bool) {
        if attempts {
            self.exhausted.fetch_add(1, Ordering::Relaxed);
        } else {
            self.exhausted.store(0, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<usize, usize>> {
        self.inputs
            .lock()
            .expect("no code panics while it holds this lock")
    }
}
