//! What both ends of the broker saw, while it goes on.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::checker::{Event, Observed, Receipt, Sent};

/// The notes of publishers and subscribers, and where the broker is just now.
#[derive(Default)]
pub(super) struct Ledger {
    notes: Mutex<Notes>,
    changed: Condvar,
    witness: Option<Box<dyn Witness>>,
}

/// Who is told of everything before anybody else can know of it: a ledger on a machine that will be cut off is lost.
pub(super) trait Witness: Send + Sync {
    /// An event goes out now.
    fn sent(&self, event: Event);
    /// It was acknowledged.
    fn taken(&self, event: Event);
    /// A delivery came, and is not answered yet.
    fn received(&self, event: Event, body: &[u8]);
    /// An end saw what it may not see.
    fn offence(&self, what: &str);
}

/// How far the events of a key are. A publisher sends the next number after the last is acknowledged: so at most one is
/// sent and not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) key: u32,
    pub(super) acknowledged: u64,
    pub(super) sent: u64,
}

#[derive(Default)]
struct Notes {
    address: Option<SocketAddr>,
    stopping: bool,
    /// The run has failed: nobody waits for a broker any more.
    given_up: bool,
    observed: Observed,
    acknowledged: u64,
    /// Accepted deliveries, each once.
    accepted: BTreeMap<&'static str, HashSet<Event>>,
    /// What neither end may see, such as another content that is taken under a known id.
    offences: Vec<String>,
    /// How often a publisher sent an event again.
    sent_again: u64,
}

impl Ledger {
    pub(super) fn new(triggers: &[&'static str]) -> Self {
        let ledger = Self::default();
        {
            let mut notes = ledger.notes();
            for &trigger in triggers {
                notes.observed.received.insert(trigger, Vec::new());
                notes.accepted.insert(trigger, HashSet::new());
            }
        }
        ledger
    }

    /// A ledger whose notes somebody else is told, too.
    pub(super) fn witnessed(triggers: &[&'static str], witness: Box<dyn Witness>) -> Self {
        Self {
            witness: Some(witness),
            ..Self::new(triggers)
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // A thread that panicked fails the run anyway; until then the notes are what they are.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at most `patience` until `holds`; whether it does.
    fn until(&self, patience: Duration, mut holds: impl FnMut(&Notes) -> bool) -> bool {
        let waited = self
            .changed
            .wait_timeout_while(self.notes(), patience, |notes| !holds(notes));
        let (_notes, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn note<T>(&self, note: impl FnOnce(&mut Notes) -> T) -> T {
        let result = note(&mut self.notes());
        self.changed.notify_all();
        result
    }

    /// The broker is there, or is gone.
    pub(super) fn moved(&self, address: Option<SocketAddr>) {
        self.note(|notes| notes.address = address);
    }

    /// No new events.
    pub(super) fn stop(&self) {
        self.note(|notes| notes.stopping = true);
    }

    /// The run has failed.
    pub(super) fn give_up(&self) {
        self.note(|notes| (notes.stopping, notes.given_up) = (true, true));
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.notes().stopping
    }

    /// Where the broker is, once it is there; `None` when it does not come.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.until(Duration::from_secs(60), |notes| {
            notes.given_up || notes.address.is_some()
        });
        let notes = self.notes();
        notes.address.filter(|_| !notes.given_up)
    }

    /// Waits while more than `most` deliveries are owed: a backlog that only grows would say nothing about first
    /// deliveries. Gives up when the run is stopping, and looks again after a while in any case.
    pub(super) fn wait_for_room(&self, most: u64) {
        self.until(Duration::from_millis(200), |notes| {
            notes.stopping || notes.owed() <= most
        });
    }

    /// Waits until every trigger has accepted every event; how many deliveries are owed at the end of patience.
    pub(super) fn wait_delivered(&self, patience: Duration) -> u64 {
        self.until(patience, |notes| notes.owed() == 0);
        self.notes().owed()
    }

    /// Waits until so many events are acknowledged.
    pub(super) fn wait_acknowledged(&self, count: u64, patience: Duration) -> bool {
        self.until(patience, |notes| notes.acknowledged >= count)
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.notes().acknowledged
    }

    pub(super) fn sent(&self, event: Event, body: &[u8]) {
        self.tell(|witness| witness.sent(event));
        self.note(|notes| match notes.observed.sent.entry(event) {
            Entry::Vacant(vacant) => {
                vacant.insert(Sent {
                    body: body.into(),
                    acknowledged: false,
                });
            }
            Entry::Occupied(_) => notes.sent_again += 1,
        });
    }

    pub(super) fn taken(&self, event: Event) {
        self.tell(|witness| witness.taken(event));
        self.note(|notes| {
            if let Some(sent) = notes.observed.sent.get_mut(&event)
                && !std::mem::replace(&mut sent.acknowledged, true)
            {
                notes.acknowledged += 1;
            }
        });
    }

    /// Notes a delivery before it is answered; its place.
    pub(super) fn received(&self, trigger: &'static str, event: Event, body: &[u8]) -> usize {
        self.tell(|witness| witness.received(event, body));
        self.note(|notes| {
            // Equal bytes are kept once: a long run has millions of deliveries.
            let known = notes.observed.sent.get(&event).map(|sent| &sent.body);
            let known = known.filter(|known| known.as_ref() == body);
            let body = known.map_or_else(|| body.into(), Arc::clone);
            let receipts = notes.observed.received.entry(trigger).or_default();
            receipts.push(Receipt {
                event,
                body,
                accepted: false,
            });
            receipts.len() - 1
        })
    }

    /// The delivery at this place was accepted.
    pub(super) fn accepted(&self, trigger: &'static str, place: usize) {
        self.note(|notes| {
            let receipts = notes.observed.received.entry(trigger).or_default();
            if let Some(receipt) = receipts.get_mut(place) {
                receipt.accepted = true;
                let event = receipt.event;
                notes.accepted.entry(trigger).or_default().insert(event);
            }
        });
    }

    pub(super) fn offence(&self, what: String) {
        self.tell(|witness| witness.offence(&what));
        self.note(|notes| notes.offences.push(what));
    }

    fn tell(&self, what: impl FnOnce(&dyn Witness)) {
        if let Some(witness) = &self.witness {
            what(witness.as_ref());
        }
    }

    /// How far each key is that has an event.
    pub(super) fn progress(&self) -> Vec<Progress> {
        let notes = self.notes();
        let mut keys: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for (event, sent) in &notes.observed.sent {
            let (acknowledged, last) = keys.entry(event.key).or_default();
            *last = event.number.max(*last);
            if sent.acknowledged {
                *acknowledged = event.number.max(*acknowledged);
            }
        }
        let progress = keys
            .into_iter()
            .map(|(key, (acknowledged, sent))| Progress {
                key,
                acknowledged,
                sent,
            });
        progress.collect()
    }

    /// The events that were sent and that a trigger has not accepted.
    pub(super) fn owed(&self, trigger: &str) -> Vec<Event> {
        let notes = self.notes();
        let accepted = notes.accepted.get(trigger);
        let is_owed = |event: &Event| !accepted.is_some_and(|accepted| accepted.contains(event));
        let mut owed: Vec<Event> = notes.observed.sent.keys().copied().collect();
        owed.retain(is_owed);
        owed.sort_unstable();
        owed
    }

    /// Waits until a trigger has accepted all of these; how many are missing at the end of patience.
    pub(super) fn wait_accepted(
        &self,
        trigger: &str,
        events: &[Event],
        patience: Duration,
    ) -> usize {
        let missing = |notes: &Notes| {
            let accepted = notes.accepted.get(trigger);
            let is_missing =
                |event: &&Event| !accepted.is_some_and(|accepted| accepted.contains(event));
            events.iter().filter(is_missing).count()
        };
        self.until(patience, |notes| missing(notes) == 0);
        missing(&self.notes())
    }

    /// All that was noted, at the end.
    pub(super) fn into_observed(self) -> (Observed, Vec<String>, u64) {
        let notes = self
            .notes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (notes.observed, notes.offences, notes.sent_again)
    }
}

impl Notes {
    fn owed(&self) -> u64 {
        let each = self.accepted.values().map(|accepted| accepted.len() as u64);
        each.map(|accepted| self.acknowledged.saturating_sub(accepted))
            .sum()
    }
}
