//! What the checks look for, one family a file. Which check looks for what is data: `conformance/cases/`.

mod answer;
mod causality;
mod count;
mod delivery;
mod envelope;
mod execution;
mod http_out;
mod ingestion;
mod number;
mod operation;
mod order;
mod outputs;
mod payload;
mod sequence;
mod signal;

use std::collections::HashMap;
use std::time::Duration;

use crate::case::{Expect, Stream};
use crate::emission::Emission;
use crate::journal::Delivery;
use crate::report::Violation;
use crate::role::Role;
use crate::scene::Scene;
use crate::stimulus::Stimuli;

/// Everything that a run has brought to light.
pub(crate) struct Evidence<'a> {
    pub(crate) role: Role,
    pub(crate) stimuli: &'a Stimuli,
    pub(crate) emissions: &'a [Emission],
    pub(crate) deliveries: &'a [Delivery],
    /// Deliveries of events by the event's id.
    pub(crate) by_id: HashMap<&'a str, &'a Delivery>,
    /// What was posted as telemetry.
    pub(crate) telemetry: &'a [bytes::Bytes],
    /// What the component printed.
    pub(crate) output: &'a str,
    /// The portfolio's cash at the start.
    pub(crate) cash: rust_decimal::Decimal,
    /// It claims to keep what it knows over a restart.
    pub(crate) is_durable: bool,
    /// How long an effect may take.
    pub(crate) patience: Duration,
    /// How long it may take to be ready.
    pub(crate) ready_within: Duration,
    /// The wall clock at the start of the run.
    pub(crate) started: ingenium_types::scalar::UtcTimestamp,
}

/// What one check found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many things were judged; with none the check says nothing.
    pub(crate) judged: usize,
    pub(crate) failures: Vec<Violation>,
    pub(crate) warnings: Vec<Violation>,
    /// What was measured.
    pub(crate) measured: Vec<String>,
}

impl Outcome {
    pub(crate) fn of(judged: usize) -> Self {
        Self {
            judged,
            ..Self::default()
        }
    }

    pub(crate) fn fail(&mut self, violation: Violation) {
        self.failures.push(violation);
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.failures.extend(other.failures);
        self.warnings.extend(other.warnings);
        self.measured.extend(other.measured);
    }
}

impl<'a> Evidence<'a> {
    /// One emission of which nothing else is known.
    pub(crate) fn of_one(
        role: Role,
        stimuli: &'a Stimuli,
        emission: &'a Emission,
        started: ingenium_types::scalar::UtcTimestamp,
    ) -> Self {
        Self {
            role,
            stimuli,
            emissions: std::slice::from_ref(emission),
            deliveries: &[],
            by_id: HashMap::new(),
            telemetry: &[],
            output: "",
            cash: rust_decimal::Decimal::MAX,
            is_durable: false,
            patience: Duration::MAX,
            ready_within: Duration::MAX,
            started,
        }
    }

    /// Whether the component did anything at all: emitted, or took what a sink takes.
    pub(crate) fn has_life(&self) -> bool {
        let takes = self.role == Role::Sink && self.deliveries.iter().any(Delivery::is_accepted);
        !self.emissions.is_empty() || takes
    }

    /// The delivery of the event that an emission names as its cause.
    pub(crate) fn cause(&self, emission: &Emission) -> Option<&'a Delivery> {
        let named = emission.attribute("causationid")?;
        self.by_id.get(named.as_str()).copied()
    }

    /// The emissions of an instance about a symbol, each event once, in the order of their first arrival.
    pub(crate) fn about(&self, instance: usize, symbol: &str) -> Vec<&'a Emission> {
        let mut seen = std::collections::HashSet::new();
        self.emissions
            .iter()
            .filter(|one| one.instance == instance && one.symbol().as_deref() == Some(symbol))
            .filter(|one| one.identity().is_none_or(|identity| seen.insert(identity)))
            .collect()
    }
}

/// Judges the expectations of a case.
pub(crate) fn judge(expectations: &[Expect], scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut silent = false;
    for expectation in expectations {
        let found = one(expectation, scene, evidence);
        silent |= found.judged == 0;
        outcome.add(found);
    }
    if silent && outcome.failures.is_empty() {
        // Every expectation has to have something to say.
        outcome.judged = 0;
    }
    outcome
}

/// Judges one expectation.
pub(crate) fn one(expectation: &Expect, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    match expectation {
        Expect::NoFinding { must, should } => envelope::no_finding(evidence, must, should),
        Expect::Stream(rule) => stream(*rule, evidence),
        Expect::Count(between) => count::count(between, scene, evidence),
        Expect::Answered { what, must, should } => {
            answer::answered(what.as_deref(), must, should.as_ref(), scene, evidence)
        }
        Expect::Acts => answer::acts(scene, evidence),
        Expect::Same {
            left,
            right,
            except,
        } => outputs::same(left, right, except.as_deref(), scene, evidence),
        Expect::SameForAll => outputs::same_for_all(scene, evidence),
        Expect::Equal(places) => count::equal(places, true, scene, evidence),
        Expect::NotBelow(left, right) => count::not_below(left, right, scene, evidence),
        Expect::Different(places) => count::equal(places, false, scene, evidence),
        Expect::DecodedOnce { what } => answer::decoded_once(what, scene, evidence),
        Expect::Alive => answer::alive(scene),
        Expect::OptionsAllowPost => answer::options_allow_post(scene, evidence),
        Expect::RetriedWithGrowingDelay => delivery::retried(scene, evidence),
        Expect::NotRetried => delivery::not_retried(scene, evidence),
        Expect::NothingLost { effects } => delivery::nothing_lost(*effects, scene, evidence),
        Expect::InOrder { symbol } => delivery::in_order(symbol, scene, evidence),
        Expect::Terminal { symbol } => execution::terminal(symbol, scene, evidence),
        Expect::EndedWell => delivery::ended_well(scene),
        Expect::Drained => delivery::drained(scene, evidence),
        Expect::ReadyInTime => operation::ready_in_time(scene, evidence),
        Expect::Spans => operation::spans(evidence),
        Expect::Logs => operation::logs(evidence),
        Expect::Measured => operation::measured(evidence),
        Expect::Ingested(what) => ingestion::ingested(*what, scene, evidence),
        Expect::PrefixesHold => signal::prefixes_hold(scene, evidence),
        Expect::ReplayedTheSame => signal::replayed_the_same(scene, evidence),
        Expect::WithinCash => order::within_cash(scene, evidence),
    }
}

fn stream(rule: Stream, evidence: &Evidence<'_>) -> Outcome {
    match rule {
        Stream::UniqueIds => envelope::unique_ids(evidence),
        Stream::TypeOfRole => envelope::type_of_role(evidence),
        Stream::IncreasingSequence => sequence::increasing(evidence),
        Stream::NotFromTheFuture => envelope::not_from_the_future(evidence),
        Stream::ShortNames => envelope::short_names(evidence),
        Stream::DataIsObject => envelope::data_is_object(evidence),
        Stream::PostsToSink => http_out::posts_to_sink(evidence),
        Stream::StructuredMediaType => http_out::structured_media_type(evidence),
        Stream::BinaryHeaders => http_out::binary_headers(evidence),
        Stream::EncodedHeaders => http_out::encoded_headers(evidence),
        Stream::NoBatch => http_out::no_batch(evidence),
        Stream::Overrides => http_out::overrides(evidence),
        Stream::NoRedirectFollowed => http_out::no_redirect_followed(evidence),
        Stream::FullFields => payload::full_fields(evidence),
        Stream::DecimalsEchoed => payload::decimals_echoed(evidence),
        Stream::CausationKnown => causality::causation_known(evidence),
        Stream::CorrelationKept => causality::correlation_kept(evidence),
        Stream::TraceContinued => causality::trace_continued(evidence),
        Stream::RunCopied => causality::run_copied(evidence),
        Stream::NoSelfLoop => causality::no_self_loop(evidence),
        Stream::CauseBefore => causality::cause_before(evidence),
        Stream::KnownSymbols => signal::known_symbols(evidence),
        Stream::OneSignalPerBar => signal::one_signal_per_bar(evidence),
        Stream::SaneOrders => order::sane(evidence),
        Stream::FillsAddUp => execution::fills_add_up(evidence),
        Stream::StatusMoves => execution::status_moves(evidence),
        Stream::LimitKept => execution::limit_kept(evidence),
        Stream::SideAndSymbol => execution::side_and_symbol(evidence),
    }
}

impl Emission {
    /// A violation that shows the bytes of this emission.
    pub(crate) fn violation(&self, message: impl Into<String>) -> Violation {
        let head = String::from_utf8_lossy(&self.message.head);
        let head = if head.is_empty() {
            // A reply: its headers as the client read them.
            self.message
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}\r\n", String::from_utf8_lossy(value)))
                .collect::<String>()
                + "\r\n"
        } else {
            head.into_owned()
        };
        let body = String::from_utf8_lossy(&self.message.body);
        Violation::shown(message, &format!("{head}{body}"))
    }
}

impl Delivery {
    /// A violation that shows what was sent and what came back.
    pub(crate) fn violation(&self, message: impl Into<String>) -> Violation {
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let body = String::from_utf8_lossy(&self.body);
        let answer = match &self.answer {
            None => "no answer".to_owned(),
            Some(Err(why)) => why.clone(),
            Some(Ok(answered)) => {
                let body = String::from_utf8_lossy(&answered.body);
                format!("HTTP/1.1 {}\r\n\r\n{body}", answered.status)
            }
        };
        let body: String = body.chars().take(700).collect();
        Violation::shown(message, &format!("{headers}\r\n{body}\r\n→ {answer}"))
    }
}
