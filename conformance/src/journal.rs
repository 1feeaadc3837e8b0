//! Everything that was sent and emitted in a run, in order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use ingenium_contract::CloudEvent;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::emission::{Emission, Fate, Message, Via};

/// The most that is recorded, in bytes as they are kept: a component that never stops must not take the memory.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// How often, at most, everything that was recorded is looked through.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A delivery of the runner's.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its place among the deliveries.
    pub number: usize,
    /// The instance that it went to.
    pub instance: usize,
    /// The case that it belongs to.
    pub case: Arc<str>,
    /// The event, where it is one.
    pub event: Option<Arc<CloudEvent>>,
    /// What it is, in words.
    pub about: String,
    /// When it was sent.
    pub at: Duration,
    /// How many emissions had arrived before.
    pub after: usize,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// What came back; `None` until it has.
    pub answer: Option<Result<Answered, String>>,
    /// How long that took.
    pub took: Duration,
    /// How often it was delivered.
    pub attempts: usize,
}

/// An answer to a delivery.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Bytes,
    /// The emission that the body is, if it is an event.
    pub reply: Option<usize>,
}

impl Delivery {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.answer {
            Some(Ok(answered)) => Some(answered.status),
            _ => None,
        }
    }

    /// Whether it was accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.status()
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// The record of a run. Clones share it.
#[derive(Debug, Clone)]
pub struct Journal {
    entries: Arc<Mutex<Entries>>,
    version: Arc<watch::Sender<usize>>,
    start: Instant,
}

#[derive(Debug, Default)]
struct Entries {
    emissions: Vec<Emission>,
    deliveries: Vec<Delivery>,
    /// How many processes of each instance were started.
    processes: HashMap<usize, usize>,
    bytes: usize,
    refused: usize,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            entries: Arc::default(),
            version: Arc::new(watch::Sender::new(0)),
            start: Instant::now(),
        }
    }
}

impl Journal {
    /// The time since the run began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// How many emissions there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().emissions.len()
    }

    /// How many emissions were too many.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.lock().refused
    }

    /// A process of an instance is going to be started: what the instance emits from here on is its.
    pub fn starting(&self, instance: usize) {
        *self.lock().processes.entry(instance).or_default() += 1;
    }

    /// Records an emission; `None` when there is no room for it.
    #[must_use]
    pub fn emitted(
        &self,
        instance: usize,
        via: Via,
        fate: Fate,
        message: Message,
    ) -> Option<usize> {
        let at = self.elapsed();
        {
            let mut entries = self.lock();
            if entries.bytes >= MOST_BYTES {
                entries.refused += 1;
                return None;
            }
        }
        // Copied: as they came they are parts of larger buffers, which would be kept with them.
        let message = Message {
            head: Bytes::copy_from_slice(&message.head),
            body: Bytes::copy_from_slice(&message.body),
            ..message
        };
        // Judged outside the lock: it takes microseconds, and others want to record meanwhile.
        let judged = Emission::judge(message);
        let mut entries = self.lock();
        let number = entries.emissions.len();
        entries.bytes += judged.weight();
        let process = entries.processes.get(&instance).copied();
        entries.emissions.push(Emission {
            number,
            instance,
            process: process.unwrap_or_default(),
            at,
            via,
            fate,
            ..judged
        });
        drop(entries);
        self.version.send_modify(|version| *version += 1);
        Some(number)
    }

    /// Says what became of an emission.
    pub fn settle(&self, number: usize, fate: Fate) {
        if let Some(emission) = self.lock().emissions.get_mut(number) {
            emission.fate = fate;
        }
        self.version.send_modify(|version| *version += 1);
    }

    /// Records a delivery before it is sent, and says which it is.
    #[must_use]
    pub fn sending(&self, delivery: Delivery) -> usize {
        let mut entries = self.lock();
        let number = entries.deliveries.len();
        let after = entries.emissions.len();
        entries.deliveries.push(Delivery {
            number,
            after,
            at: self.start.elapsed(),
            ..delivery
        });
        number
    }

    /// Records what came back.
    pub fn answered(&self, number: usize, answer: Result<Answered, String>) {
        let elapsed = self.elapsed();
        if let Some(delivery) = self.lock().deliveries.get_mut(number) {
            delivery.took = elapsed.saturating_sub(delivery.at);
            delivery.attempts += 1;
            delivery.answer = Some(answer);
        }
    }

    /// A delivery.
    #[must_use]
    pub fn delivery(&self, number: usize) -> Option<Delivery> {
        self.lock().deliveries.get(number).cloned()
    }

    /// An emission.
    #[must_use]
    pub fn emission(&self, number: usize) -> Option<Emission> {
        self.lock().emissions.get(number).cloned()
    }

    /// What an emission is about.
    #[must_use]
    pub fn symbol(&self, number: usize) -> Option<String> {
        self.lock().emissions.get(number)?.symbol()
    }

    /// How many deliveries there are.
    #[must_use]
    pub fn delivered(&self) -> usize {
        self.lock().deliveries.len()
    }

    /// What the last delivery for which `wanted` holds came after: emissions from here on may be its effects.
    #[must_use]
    pub fn after_last(&self, wanted: impl Fn(&Delivery) -> bool) -> usize {
        let entries = self.lock();
        let last = entries.deliveries.iter().rev().find(|sent| wanted(sent));
        last.map_or(0, |sent| sent.after)
    }

    /// Takes all deliveries out of it: the run is over, and they are too many for a second copy.
    #[must_use]
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.lock().deliveries)
    }

    /// Takes all emissions out of it.
    #[must_use]
    pub fn take_emissions(&self) -> Vec<Emission> {
        std::mem::take(&mut self.lock().emissions)
    }

    /// Waits until something holds of all emissions, for as long as `patience`; whether it does.
    pub async fn until(&self, patience: Duration, holds: impl Fn(&[Emission]) -> bool) -> bool {
        let mut version = self.version.subscribe();
        let wait = async {
            loop {
                version.mark_unchanged();
                if holds(&self.lock().emissions) {
                    return;
                }
                tokio::time::sleep(LOOK_EVERY).await;
                if version.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(patience, wait).await.is_ok()
    }

    /// The first emission from number `from` on for which `wanted` holds, when it comes within `patience`.
    pub async fn wait(
        &self,
        from: usize,
        patience: Duration,
        wanted: impl Fn(&Emission) -> bool,
    ) -> Option<usize> {
        let mut version = self.version.subscribe();
        let mut from = from;
        let find = async {
            loop {
                version.mark_unchanged();
                let count = self.count();
                let found = self.find(from, &wanted);
                if found.is_some() {
                    return found;
                }
                // What has been looked at does not become what is wanted.
                from = from.max(count);
                if version.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(patience, find).await.ok().flatten()
    }

    /// The first emission from number `from` on for which `wanted` holds.
    #[must_use]
    pub fn find(&self, from: usize, wanted: impl Fn(&Emission) -> bool) -> Option<usize> {
        let entries = self.lock();
        let later = entries.emissions.get(from..)?;
        later
            .iter()
            .find(|emission| wanted(emission))
            .map(|emission| emission.number)
    }

    /// Waits until nothing has arrived from `instance` for `silence`, not longer than `patience`; whether it fell silent.
    pub async fn quiet(&self, instance: usize, silence: Duration, patience: Duration) -> bool {
        let of_instance = |emission: &Emission| emission.instance == instance;
        let fall_silent = async {
            let mut from = self.count();
            while let Some(number) = self.wait(from, silence, of_instance).await {
                from = number + 1;
            }
        };
        tokio::time::timeout(patience, fall_silent).await.is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries
            .lock()
            .expect("no code panics while it holds this lock")
    }
}
