//! What a run has learned about its component: how much makes it act, and whether it emits after its answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// The silence after which a component that emits after its answers is believed to have said everything: twice as long as
/// it has ever taken, within these.
const CALM: Duration = Duration::from_millis(100);
const CALM_AT_MOST: Duration = Duration::from_millis(500);

/// What has been seen so far, by all instances.
#[derive(Debug, Default)]
pub(crate) struct Habits {
    /// How many inputs it took to act, by the day of the first.
    inputs: Mutex<HashMap<usize, usize>>,
    /// Whether it has acted at all.
    acted: AtomicBool,
    /// How long after an answer its effect came, at most, in microseconds.
    late: AtomicU64,
    /// It does not fall silent.
    restless: AtomicBool,
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

    /// It acted, so long after its answer; not at all where it acts before it answers.
    pub(crate) fn acted(&self, after: Duration) {
        let late = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        self.late.fetch_max(late, Ordering::Relaxed);
        self.acted.store(true, Ordering::Relaxed);
    }

    /// How long it has to be silent before nothing more is expected of it; `None` where everything is there when it
    /// answers.
    pub(crate) fn calm(&self) -> Option<Duration> {
        let late = Duration::from_micros(self.late.load(Ordering::Relaxed));
        let prompt = self.acted.load(Ordering::Relaxed) && late.is_zero();
        if prompt || self.restless.load(Ordering::Relaxed) {
            return None;
        }
        Some((late * 2).clamp(CALM, CALM_AT_MOST))
    }

    /// It was waited for, and did not fall silent.
    pub(crate) fn was_restless(&self) {
        self.restless.store(true, Ordering::Relaxed);
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
