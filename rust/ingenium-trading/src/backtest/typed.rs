//! A role of this crate with its state in memory.

use std::collections::BTreeMap;

use ingenium_types::EventType;
use ingenium_types::id::EventId;

use super::{Actor, Event, Failure};
use crate::role::{Disposition, Input, Outbox, Role};
use crate::states::States;

/// A role, its state, and the natural keys that it has met.
///
/// It promises what the served component promises: a fact under a known natural key is handled once, and other content
/// under that key is a conflict. Redelivery does not occur here, so no event id is remembered.
pub struct Typed<R: Role> {
    role: R,
    source: String,
    outbox: Outbox,
    states: States<R::State>,
    /// By natural key: the digest of the content.
    known: BTreeMap<String, EventId>,
    /// How often the role left an event without effect, by reason.
    ignored: BTreeMap<&'static str, u64>,
}

impl<R: Role> Typed<R> {
    /// The role as the component whose CloudEvents `source` this is, with no state yet.
    #[must_use]
    pub fn new(role: R, source: impl Into<String>) -> Self {
        let source = source.into();
        Self {
            role,
            outbox: Outbox::new(source.clone()),
            source,
            // Nothing is stored, and a run that fails is void.
            states: States::unrecorded(),
            known: BTreeMap::new(),
            ignored: BTreeMap::new(),
        }
    }

    /// How often the role left an event without effect, by reason.
    #[must_use]
    pub const fn ignored(&self) -> &BTreeMap<&'static str, u64> {
        &self.ignored
    }
}

impl<R: Role> Actor for Typed<R> {
    fn consumes(&self) -> &[EventType] {
        self.role.consumes()
    }

    fn act(&mut self, event: &Event) -> Result<Vec<Event>, Failure> {
        let input = Input {
            payload: &event.payload,
            time: event.time,
            origin: event,
        };
        let outbox = &mut self.outbox;
        let disposition = match self.role.natural_key(&input) {
            None => self.role.handle(&mut self.states, &input, outbox),
            Some(key) => {
                let content = digest(&event.payload.encode());
                match self.known.get(&key) {
                    Some(known) if *known == content => Disposition::Ignored("natural_key_known"),
                    Some(_) => self.role.conflict(&mut self.states, &input, outbox),
                    None => {
                        self.known.insert(key, content);
                        self.role.handle(&mut self.states, &input, outbox)
                    }
                }
            }
        };
        if let Disposition::Ignored(reason) = disposition {
            *self.ignored.entry(reason).or_default() += 1;
        }
        if outbox.is_empty() {
            return Ok(Vec::new()); // as after most bars
        }
        let emissions = outbox.drain();
        Ok(emissions
            .map(|emission| Event::emitted(&self.source, emission))
            .collect())
    }
}

/// Stands for content that is only ever compared.
fn digest(content: &[u8]) -> EventId {
    EventId::of(&[&String::from_utf8_lossy(content)])
}
