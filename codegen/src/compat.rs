//! Compatibility of two contracts: proven, or refuted by an event, or left open.
//!
//! ```text
//! bundles, old and new ─ alphabet ─ abstraction ─ algebra ──▶ Compatible
//!                            │
//!                            └───── witness ── judged by both ▶ Breaking, with the event
//! ```
//! A producer emits what its strict view says and a consumer accepts what its reader view says. So the question is
//! always whether everything in one contract's strict view is in the other's reader view.

use serde_json::Value;

mod abstraction;
mod algebra;
mod alphabet;
mod case;
mod change;
mod contract;
mod envelope;
mod leaf;
mod map;
mod waiver;
mod witness;

use self::abstraction::Abstraction;
use self::algebra::Containment;
use self::alphabet::Alphabets;
pub use self::change::{CHANGES, Change, Kind};
pub use self::contract::{Contract, Schemas};
pub use self::waiver::{Waiver, waivers};

/// Who must understand whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Consumers of the new contract read what producers of the old one emit, and what is stored.
    Backward,
    /// Consumers of the old contract read what producers of the new one emit.
    Forward,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Backward, Self::Forward];

    /// In lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
        }
    }
}

/// Which directions an event type promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing yet: the type is a draft.
    None,
    /// New consumers understand old producers.
    Backward,
    /// Old consumers understand new producers.
    Forward,
    /// Both.
    Full,
}

impl Mode {
    /// From the catalog's `compatibility`; `full_transitive` is full against every release.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "none" => Self::None,
            "backward" => Self::Backward,
            "forward" => Self::Forward,
            "full" | "full_transitive" => Self::Full,
            _ => return None,
        })
    }

    /// Whether `direction` is promised.
    #[must_use]
    pub const fn promises(self, direction: Direction) -> bool {
        match self {
            Self::None => false,
            Self::Backward => matches!(direction, Direction::Backward),
            Self::Forward => matches!(direction, Direction::Forward),
            Self::Full => true,
        }
    }
}

/// What is known about one direction.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Proven: everything that the one side may emit, the other accepts.
    Compatible,
    /// Refuted by this payload: valid for its producer, refused by the consumer.
    Breaking(Value),
    /// Refuted without a payload: it is what stands around it that changes.
    Moved(String),
    /// Neither proven nor refuted, and why.
    Unknown(String),
}

/// One event type, or the envelope, in both contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The event type; `envelope` for the attributes around every payload.
    pub subject: String,
    /// Its schema, of the new contract where both have it.
    pub file: String,
    /// The roles that receive it in either contract.
    pub consumers: Vec<String>,
    /// What the new contract promises about it.
    pub mode: Mode,
    /// What changed, by name.
    pub changes: Vec<Change>,
    /// Whether new consumers understand old producers.
    pub backward: Verdict,
    /// Whether old consumers understand new producers.
    pub forward: Verdict,
}

impl Comparison {
    /// The verdict about a direction.
    #[must_use]
    pub const fn verdict(&self, direction: Direction) -> &Verdict {
        match direction {
            Direction::Backward => &self.backward,
            Direction::Forward => &self.forward,
        }
    }
}

/// Compares two contracts: every event type of either, in the order of the new one, and last the envelope.
#[must_use]
pub fn compare(old: &Contract, new: &Contract) -> Vec<Comparison> {
    let mut alphabets = Alphabets::default();
    let mut all = Vec::new();
    for after in &new.events {
        let event_type = &after.entry.event_type;
        all.push(match old.event(event_type) {
            Some(before) => event(before, after, &mut alphabets),
            None => lone(after, Kind::EventAdded, true),
        });
    }
    for before in &old.events {
        if new.event(&before.entry.event_type).is_none() {
            all.push(lone(before, Kind::EventRemoved, false));
        }
    }
    all.extend(envelope::compare(old, new, &mut alphabets));
    all
}

fn event(before: &Schemas, after: &Schemas, alphabets: &mut Alphabets) -> Comparison {
    let mut consumers = before.entry.consumed_by.clone();
    consumers.extend(after.entry.consumed_by.iter().cloned());
    consumers.sort();
    consumers.dedup();
    let routing = change::routing(before, after);
    let moved = routing.first().map(|change| change.message.clone());
    let mut verdict = |producer: &Schemas, consumer: &Schemas| match &moved {
        Some(message) => Verdict::Moved(message.clone()),
        None => payload(producer, consumer, alphabets),
    };
    let mut changes = change::payload(before, after);
    changes.extend(routing);
    changes.extend(change::consumers(before, after));
    Comparison {
        subject: after.entry.event_type.clone(),
        file: after.entry.file(),
        consumers,
        mode: Mode::parse(&after.entry.compatibility).unwrap_or(Mode::Full),
        changes,
        backward: verdict(before, after),
        forward: verdict(after, before),
    }
}

/// An event type that stands in one contract only: nobody receives what nobody emits.
fn lone(schemas: &Schemas, kind: Kind, added: bool) -> Comparison {
    let message = format!("`{}`", schemas.entry.event_type);
    let gone = Verdict::Moved(format!(
        "{message} has no schema any more: consumers meet an unknown type"
    ));
    Comparison {
        subject: schemas.entry.event_type.clone(),
        file: schemas.entry.file(),
        consumers: schemas.entry.consumed_by.clone(),
        mode: Mode::parse(&schemas.entry.compatibility).unwrap_or(Mode::Full),
        changes: vec![Change::new(kind, "", message)],
        backward: if added { Verdict::Compatible } else { gone },
        forward: Verdict::Compatible,
    }
}

/// Whether `consumer` accepts every payload that `producer` may emit.
fn payload(producer: &Schemas, consumer: &Schemas, alphabets: &mut Alphabets) -> Verdict {
    let vectors = producer.vectors.iter().chain(&consumer.vectors);
    contained(&producer.strict, &consumer.reader, vectors, alphabets)
}

/// Whether `outer` accepts everything that `inner` accepts: [`Verdict::Breaking`] with a value otherwise.
///
/// Both are bundles: self-contained, in the part of JSON Schema that bundles are written in.
#[must_use]
pub fn covers(outer: &Value, inner: &Value) -> Verdict {
    contained(inner, outer, std::iter::empty(), &mut Alphabets::default())
}

/// Whether everything that `inner` accepts is accepted by `outer`.
fn contained<'a>(
    inner: &Value,
    outer: &Value,
    seeds: impl Iterator<Item = &'a Value>,
    alphabets: &mut Alphabets,
) -> Verdict {
    let abstraction = match Abstraction::of(inner, outer, alphabets) {
        Ok(abstraction) => abstraction,
        Err(reason) => return Verdict::Unknown(reason),
    };
    let proof = abstraction.cases().map(|cases| {
        let proofs = cases
            .iter()
            .map(|(inner, outer)| algebra::contains(outer, inner));
        // The worst of all cases.
        proofs.max().unwrap_or(Containment::Proven)
    });
    match proof {
        Ok(Containment::Proven) => return Verdict::Compatible,
        Ok(Containment::Refuted | Containment::Open) => {}
        Err(reason) => return Verdict::Unknown(reason),
    }
    match witness::find(inner, outer, &abstraction, seeds) {
        Ok(Some(payload)) => Verdict::Breaking(payload),
        Ok(None) => Verdict::Unknown(match proof {
            Ok(Containment::Refuted) => "refuted, but no such event was found".to_owned(),
            _ => "neither a proof nor an event that refutes it was found".to_owned(),
        }),
        Err(reason) => Verdict::Unknown(reason),
    }
}
