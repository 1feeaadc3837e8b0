//! One event by itself.

use bytes::Bytes;
use ingenium_contract::envelope::STRUCTURED;
use ingenium_contract::{Verdict, validate_structured};
use ingenium_types::scalar::UtcTimestamp;
use ingenium_types::{EventType, View};

use super::facts::{Facts, Hashes};
use crate::case::{Case, Expect, Ingested, Stream};
use crate::catalogue;
use crate::check::{self, Evidence, Outcome};
use crate::emission::{Emission, Message};
use crate::full;
use crate::role::Role;
use crate::scene::Scene;
use crate::stimulus::Stimuli;

/// How strictly a stream is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rigour {
    /// A violated SHOULD is a warning.
    Must,
    /// A SHOULD counts as a MUST.
    Should,
    /// And payloads have the full set of fields.
    Full,
}

/// Judges events one by one; threads may share it.
#[derive(Debug)]
pub struct Judge {
    pub(super) cases: Vec<Case>,
    pub(super) role: Option<Role>,
    rigour: Rigour,
    stimuli: Stimuli,
    started: UtcTimestamp,
    pub(super) hashes: Hashes,
}

/// What rules about single events say.
#[derive(Debug)]
pub(super) enum Outcomes {
    /// The event is valid, without a word: it keeps all of them.
    Clean,
    /// What the cases at these places say.
    Some(Vec<(usize, Outcome)>),
}

/// What one event has shown by itself.
#[derive(Debug)]
pub struct Seen {
    /// Nothing where it is no event, or of no type that is known.
    pub(super) facts: Option<Facts>,
    pub(super) outcomes: Outcomes,
    /// The role that is judged emits it.
    pub(super) is_ours: bool,
}

impl Seen {
    /// The type of the event, where it is one that is known.
    #[must_use]
    pub fn event_type(&self) -> Option<EventType> {
        self.facts.as_ref().map(|facts| facts.event_type)
    }
}

impl Judge {
    /// A judge of what `role` emits, or of everything.
    ///
    /// # Errors
    /// Where an embedded case file is malformed.
    pub fn new(role: Option<Role>, rigour: Rigour) -> Result<Self, String> {
        let concerns = |case: &Case| role.is_none_or(|role| case.roles.contains(&role));
        let cases = catalogue::cases()?.into_iter().filter(concerns);
        Ok(Self {
            cases: cases
                .map(|case| match role {
                    Some(role) => case.of(role),
                    None => case,
                })
                .map(|case| match rigour {
                    Rigour::Full => case.strictly(),
                    Rigour::Must | Rigour::Should => case,
                })
                .collect(),
            role,
            rigour,
            stimuli: Stimuli::recorded("RECORDED"),
            started: ingenium_runtime::clock::now(),
            hashes: Hashes::default(),
        })
    }

    /// Whether a SHOULD counts as a MUST.
    pub(super) fn is_strict(&self) -> bool {
        self.rigour != Rigour::Must
    }

    /// Judges an event in structured form, as a line of a file holds it.
    #[must_use]
    pub fn structured(&self, bytes: &[u8]) -> Seen {
        let body = Bytes::copy_from_slice(bytes);
        let verdict = validate_structured(&body, View::Strict);
        let is_ours = self.is_ours(&verdict);
        let names_are_short = |verdict: &Verdict| {
            let event = verdict.event.as_ref();
            event.is_some_and(|event| event.extensions.iter().all(|(name, _)| name.len() <= 20))
        };
        let is_full = |verdict: &Verdict| {
            let payload = verdict.payload.as_ref();
            self.rigour != Rigour::Full || payload.is_some_and(|it| full::missing(it).is_empty())
        };
        let is_clean = verdict.findings.is_empty() && names_are_short(&verdict);
        let mut outcomes = Outcomes::Some(Vec::new());
        if is_ours && is_clean && is_full(&verdict) {
            return self.seen(verdict, Outcomes::Clean, is_ours);
        } else if is_ours {
            let message = Message {
                method: String::new(),
                path: String::new(),
                query: None,
                headers: vec![(
                    "content-type".to_owned(),
                    STRUCTURED.to_owned().into_bytes(),
                )],
                head: Bytes::new(),
                body,
            };
            let emission = Emission::judge(message);
            outcomes = self.inspect(&emission, |expect| about_events(expect, is_order(&verdict)));
        }
        self.seen(verdict, outcomes, is_ours)
    }

    /// Judges an HTTP message.
    #[must_use]
    pub fn message(&self, message: Message) -> Seen {
        let emission = Emission::judge(message);
        let is_ours = self.is_ours(&emission.verdict);
        let mut outcomes = Outcomes::Some(Vec::new());
        if is_ours {
            outcomes = self.inspect(&emission, |expect| {
                about_messages(expect) || about_events(expect, is_order(&emission.verdict))
            });
        }
        self.seen(emission.verdict, outcomes, is_ours)
    }

    /// Whether the role that is judged emits this; what nobody knows is held against it.
    fn is_ours(&self, verdict: &Verdict) -> bool {
        let Some(role) = self.role else {
            return true;
        };
        let stated = verdict.event.as_ref().map(|event| event.type_.as_str());
        let known: Option<EventType> = stated.and_then(|text| text.parse().ok());
        known.is_none_or(|known| role.may_emit(known))
    }

    /// Whether a case is about such events: when everything is judged, the rules of a role are about what it emits.
    pub(super) fn concerns(&self, case: &Case, event_type: Option<EventType>) -> bool {
        let emits = |role: &Role| event_type.is_some_and(|known| role.may_emit(known));
        self.role.is_some() || case.roles.contains(&Role::Source) || case.roles.iter().any(emits)
    }

    fn inspect(&self, emission: &Emission, wanted: impl Fn(&Expect) -> bool) -> Outcomes {
        let role = self.role.unwrap_or(Role::Source);
        let evidence = Evidence::of_one(role, &self.stimuli, emission, self.started);
        let scene = Scene::new("", 0);
        let outcome = |case: &Case| {
            let expectations = case.expect.iter().filter(|expect| wanted(expect));
            let mut all = Outcome::default();
            for expectation in expectations {
                all.add(check::one(expectation, &scene, &evidence));
            }
            all
        };
        let event_type = emission.event_type();
        let cases = self.cases.iter().enumerate();
        let concerned = cases
            .filter(|(_, case)| self.concerns(case, event_type) && case.expect.iter().any(&wanted));
        Outcomes::Some(
            concerned
                .map(|(place, case)| (place, outcome(case)))
                .collect(),
        )
    }

    fn seen(&self, verdict: Verdict, outcomes: Outcomes, is_ours: bool) -> Seen {
        let Verdict { event, payload, .. } = verdict;
        let facts = event.and_then(|event| Facts::of(&self.hashes, &event, payload));
        Seen {
            facts,
            outcomes,
            is_ours,
        }
    }
}

fn is_order(verdict: &Verdict) -> bool {
    let event = verdict.event.as_ref();
    event.is_some_and(|event| event.type_ == EventType::PortfolioOrder.as_str())
}

/// Whether an expectation is about each event by itself.
pub(super) fn about_events(expect: &Expect, is_order: bool) -> bool {
    match expect {
        Expect::NoFinding { .. } => true,
        Expect::Stream(Stream::SaneOrders) => is_order,
        Expect::Stream(rule) => matches!(
            rule,
            Stream::FullFields | Stream::TypeOfRole | Stream::ShortNames | Stream::DataIsObject
        ),
        _ => false,
    }
}

/// Whether an expectation is about each HTTP message by itself.
fn about_messages(expect: &Expect) -> bool {
    matches!(
        expect,
        Expect::Stream(
            Stream::StructuredMediaType
                | Stream::BinaryHeaders
                | Stream::EncodedHeaders
                | Stream::NoBatch
        )
    )
}

/// A rule about events among each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    Stream(Stream),
    /// Timestamps grow within each series.
    Increasing,
}

impl Rule {
    /// The rule of an expectation, where a ledger can judge it.
    pub(super) fn of(expect: &Expect) -> Option<Self> {
        match expect {
            Expect::Ingested(Ingested::Increasing) => Some(Self::Increasing),
            Expect::Stream(
                rule @ (Stream::UniqueIds
                | Stream::IncreasingSequence
                | Stream::CausationKnown
                | Stream::CorrelationKept
                | Stream::TraceContinued
                | Stream::RunCopied
                | Stream::NoSelfLoop
                | Stream::CauseBefore
                | Stream::KnownSymbols
                | Stream::OneSignalPerBar
                | Stream::FillsAddUp
                | Stream::StatusMoves
                | Stream::LimitKept
                | Stream::SideAndSymbol),
            ) => Some(Self::Stream(*rule)),
            _ => None,
        }
    }
}

/// Whether a stream can show whether a case holds.
pub(super) fn can_judge(case: &Case) -> bool {
    case.expect.iter().any(|expect| {
        about_messages(expect) || about_events(expect, true) || Rule::of(expect).is_some()
    })
}
