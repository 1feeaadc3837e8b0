//! Events among each other, in the order of the stream.

use std::collections::HashMap;
use std::fmt::Display;

use ingenium_contract::profile::trace_id;
use ingenium_runtime::clock;
use ingenium_types::EventType;
use ingenium_types::scalar::UtcTimestamp;

use super::facts::{Detail, Facts};
use super::judge::{Judge, Outcomes, Rule, Seen, about_events, can_judge};
use super::orders::Orders;
use super::tally::Tally;
use super::window::Window;
use crate::case::{Expect, Profile, Stream};
use crate::check::Outcome;
use crate::judge::set_aside;
use crate::report::{Report, Subject, Verdict, Violation};
use crate::role::Role;

/// What an event said that its effects have to repeat.
#[derive(Debug)]
struct Cause {
    event_type: EventType,
    correlation: u64,
    run: Option<u64>,
    traceparent: Option<Box<str>>,
}

/// The last bar of a series.
#[derive(Debug)]
struct Bar {
    at: UtcTimestamp,
    is_final: bool,
}

/// What a stream has shown so far.
#[derive(Debug)]
pub struct Ledger<'a> {
    judge: &'a Judge,
    tallies: Vec<Tally>,
    rules: HashMap<Rule, Vec<usize>>,
    events: usize,
    /// Events that every rule about single events is content with.
    clean: HashMap<EventType, usize>,
    types: HashMap<EventType, usize>,
    /// (source, id) and what the event said.
    identities: Window<u64>,
    causes: Window<Cause>,
    /// Types seen about a symbol.
    subjects: Window<()>,
    sequences: Window<Box<str>>,
    bars: Window<Bar>,
    signals: Window<u64>,
    orders: Orders,
}

/// A check that was violated just now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The check.
    pub check: String,
    /// What holds when it passes.
    pub title: String,
    /// How often it has been violated.
    pub violations: usize,
    /// The violation, where it is among the first.
    pub violation: Option<Violation>,
}

/// The event at hand, and where it stands.
struct At<'a> {
    facts: &'a Facts,
    bytes: &'a [u8],
    place: &'a dyn Display,
}

impl At<'_> {
    fn violation(&self, problem: &str) -> Violation {
        shown(self.place, problem, self.bytes)
    }
}

fn shown(place: &dyn Display, problem: &str, bytes: &[u8]) -> Violation {
    Violation::shown(
        format!("{place}: {problem}"),
        &String::from_utf8_lossy(bytes),
    )
}

impl<'a> Ledger<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(judge: &'a Judge) -> Self {
        let mut rules: HashMap<Rule, Vec<usize>> = HashMap::new();
        for (place, case) in judge.cases.iter().enumerate() {
            for rule in case.expect.iter().filter_map(Rule::of) {
                rules.entry(rule).or_default().push(place);
            }
        }
        Self {
            judge,
            tallies: judge.cases.iter().map(|_| Tally::default()).collect(),
            rules,
            events: 0,
            clean: HashMap::new(),
            types: HashMap::new(),
            identities: Window::default(),
            causes: Window::default(),
            subjects: Window::default(),
            sequences: Window::default(),
            bars: Window::default(),
            signals: Window::default(),
            orders: Orders::default(),
        }
    }

    /// How many events there were.
    #[must_use]
    pub const fn events(&self) -> usize {
        self.events
    }

    /// How many events of each known type there were.
    #[must_use]
    pub const fn types(&self) -> &HashMap<EventType, usize> {
        &self.types
    }

    /// Whether a check is violated already.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        let counts = |level| self.judge.strict || level == crate::case::Level::Must;
        let mut cases = self.tallies.iter().zip(&self.judge.cases);
        cases.any(|(tally, case)| tally.is_bad() && counts(case.level))
    }

    /// What was found since the last call, by check; of violations without end the first few.
    pub fn fresh(&mut self) -> Vec<Finding> {
        let tallies = self.tallies.iter_mut().zip(&self.judge.cases);
        tallies
            .filter_map(|(tally, case)| {
                let (violations, last) = tally.fresh()?;
                Some(Finding {
                    check: case.id.clone(),
                    title: case.title.clone(),
                    violations,
                    violation: last.cloned(),
                })
            })
            .collect()
    }

    /// Takes the next event: its bytes, and where it stands.
    pub fn take(&mut self, seen: Seen, bytes: &[u8], place: &dyn Display) {
        self.events += 1;
        if let Outcomes::Some(outcomes) = seen.outcomes {
            self.single(outcomes, bytes, place);
        } else if let Some(facts) = &seen.facts {
            *self.clean.entry(facts.event_type).or_default() += 1;
        }
        let Some(facts) = seen.facts else {
            return;
        };
        *self.types.entry(facts.event_type).or_default() += 1;
        let at = At {
            facts: &facts,
            bytes,
            place,
        };
        if self.is_repetition(&at, seen.is_ours) {
            return; // it is one event, and has had its effects
        }
        if seen.is_ours {
            self.sequence(&at);
            self.causes(&at);
        }
        self.detail(&at, seen.is_ours);
        self.remember(facts);
    }

    /// What rules about single events say.
    fn single(&mut self, outcomes: Vec<(usize, Outcome)>, bytes: &[u8], place: &dyn Display) {
        for (case, outcome) in outcomes {
            let tally = &mut self.tallies[case];
            tally.judge(outcome.judged);
            for violation in outcome.failures {
                tally.fail(|| shown(place, &violation.message, bytes));
            }
            for violation in outcome.warnings {
                tally.warn(shown(place, &violation.message, bytes));
            }
        }
    }

    /// The report; there is no claim in it, for a stream cannot show everything.
    #[must_use]
    pub fn finish(self, subject: Subject, started: UtcTimestamp) -> Report {
        let took = clock::now().as_nanoseconds() - started.as_nanoseconds();
        let strict = self.judge.strict;
        let checks: Vec<_> = self
            .tallies
            .into_iter()
            .zip(&self.judge.cases)
            .map(|(mut tally, case)| {
                for (event_type, events) in &self.clean {
                    let is_order = *event_type == EventType::PortfolioOrder;
                    let single = |expect: &Expect| about_events(expect, is_order);
                    let concerned = self.judge.concerns(case, Some(*event_type));
                    if concerned && case.expect.iter().any(single) {
                        tally.judge(*events);
                    }
                }
                if can_judge(case) {
                    tally.result(case, strict)
                } else {
                    set_aside(case, Verdict::Skip, "only a running component can show it")
                }
            })
            .collect();
        Report {
            contract: ingenium_contract::CONTRACT_VERSION.to_owned(),
            contract_digest: ingenium_contract::CONTRACT_DIGEST.to_owned(),
            runner: env!("CARGO_PKG_VERSION").to_owned(),
            role: self.judge.role.unwrap_or(Role::Source),
            subject,
            profile: Profile::L3,
            strict,
            seed: 0,
            started: started.to_string(),
            took_ms: u64::try_from(took / 1_000_000).unwrap_or_default(),
            emissions: self.events,
            deliveries: 0,
            conformant: checks.iter().all(|check| check.verdict.is_good()),
            claim: None,
            checks,
        }
    }

    /// Says what a rule comes to for an event.
    fn say(&mut self, rule: Rule, at: &At<'_>, problem: Option<&str>) {
        for place in self.rules.get(&rule).into_iter().flatten() {
            let tally = &mut self.tallies[*place];
            tally.judge(1);
            if let Some(problem) = problem {
                tally.fail(|| at.violation(problem));
            }
        }
    }

    fn is_repetition(&mut self, at: &At<'_>, is_ours: bool) -> bool {
        let Facts { identity, says, .. } = at.facts;
        let before = self.identities.get(*identity).copied();
        if before.is_none() {
            self.identities.insert(*identity, *says);
        }
        if is_ours {
            let differs = before.is_some_and(|before| before != *says);
            let problem = differs.then_some("(source, id) stands for two different events");
            self.say(Rule::Stream(Stream::UniqueIds), at, problem);
        }
        before.is_some()
    }

    fn sequence(&mut self, at: &At<'_>) {
        let Some(sequence) = &at.facts.sequence else {
            return;
        };
        let before = self.sequences.get(at.facts.series).map(|before| &*before);
        let problem = before
            .filter(|before| *before >= sequence)
            .map(|before| format!("`sequence` is `{sequence}`, the one before was `{before}`"));
        self.sequences.insert(at.facts.series, sequence.clone());
        let rule = Rule::Stream(Stream::IncreasingSequence);
        self.say(rule, at, problem.as_deref());
    }

    /// What an event says about its cause.
    fn causes(&mut self, at: &At<'_>) {
        let facts = at.facts;
        let mut said: Vec<(Stream, Option<String>)> = Vec::new();
        let mut trace = facts.traceparent.as_deref().map(malformed);
        let own_type = "an event of its own type is its cause: on a broker that never ends";
        match facts.cause {
            None if facts.event_type == EventType::IngestorData => {}
            None => {
                let problem = "`causationid` is missing: name the id of the cause";
                said.push((Stream::CausationKnown, Some(problem.to_owned())));
            }
            Some(named) if named == facts.id => {
                let problem = "the event names itself as its cause";
                said.push((Stream::NoSelfLoop, Some(problem.to_owned())));
            }
            Some(named) => match self.causes.get(named) {
                Some(cause) => {
                    said.push((Stream::CausationKnown, None));
                    let kept = facts.correlation == Some(cause.correlation);
                    let another = "`correlationid` is not that of the cause";
                    said.push((Stream::CorrelationKept, (!kept).then(|| another.to_owned())));
                    let kept = facts.run == cause.run;
                    let another =
                        "`ingeniumrun` is not that of the cause: a simulated run must stay one";
                    said.push((Stream::RunCopied, (!kept).then(|| another.to_owned())));
                    let loops = cause.event_type == facts.event_type;
                    said.push((Stream::NoSelfLoop, loops.then(|| own_type.to_owned())));
                    if let (Some(trace @ None), Some(given), Some(stated)) =
                        (trace.as_mut(), &cause.traceparent, &facts.traceparent)
                    {
                        *trace = differs(given, stated);
                    }
                }
                // A stream that holds no causes at all is a component's output alone.
                None if self
                    .types
                    .keys()
                    .any(|seen| may_cause(*seen, facts.event_type)) =>
                {
                    let problem = "`causationid` names no event that came before";
                    said.push((Stream::CausationKnown, Some(problem.to_owned())));
                }
                None => {}
            },
        }
        if let Some(trace) = trace {
            said.push((Stream::TraceContinued, trace));
        }
        for (rule, problem) in said {
            self.say(Rule::Stream(rule), at, problem.as_deref());
        }
        self.before(at);
    }

    /// Whether what has to come before came before: judged where the stream holds such events at all.
    fn before(&mut self, at: &At<'_>) {
        let (rule, needed): (Stream, &[EventType]) = match at.facts.event_type {
            EventType::StrategySignal => (Stream::KnownSymbols, &[EventType::IngestorData]),
            EventType::PortfolioOrder => (Stream::CauseBefore, &[EventType::StrategySignal]),
            EventType::ExecutorExecution => (
                Stream::CauseBefore,
                &[EventType::PortfolioOrder, EventType::PortfolioCancel],
            ),
            _ => return,
        };
        if !needed.iter().any(|needed| self.types.contains_key(needed)) {
            return;
        }
        let found = needed.iter().any(|needed| {
            let key = self.judge.hashes.about(*needed, at.facts.subject);
            self.subjects.get(key).is_some()
        });
        let problem = (!found).then(|| {
            let words: Vec<&str> = needed.iter().map(|needed| needed.as_str()).collect();
            format!("no {} of its Symbol came before it", words.join(" or "))
        });
        self.say(Rule::Stream(rule), at, problem.as_deref());
    }

    fn detail(&mut self, at: &At<'_>, is_ours: bool) {
        match &at.facts.detail {
            Detail::Bar {
                series,
                at: time,
                is_final,
            } if is_ours => {
                let problem = self.bars.get(*series).and_then(|last| {
                    let grows =
                        *time > last.at || (*time == last.at && !(last.is_final && *is_final));
                    (!grows).then(|| format!("Timestamp {time} after {}", last.at))
                });
                let bar = Bar {
                    at: *time,
                    is_final: *is_final,
                };
                self.bars.insert(*series, bar);
                self.say(Rule::Increasing, at, problem.as_deref());
            }
            Detail::Signal(bar) if is_ours => {
                let id = at.facts.id;
                let other = self.signals.get(*bar).is_some_and(|other| *other != id);
                self.signals.insert(*bar, id);
                let problem = other.then_some("a second signal for the same bar");
                self.say(Rule::Stream(Stream::OneSignalPerBar), at, problem);
            }
            Detail::Order(id, order) => self.orders.ask(*id, order),
            Detail::Execution(id, execution) => {
                for (rule, problems) in self.orders.tell(*id, execution) {
                    if is_ours {
                        self.say(Rule::Stream(rule), at, problems.first().map(String::as_str));
                    }
                }
            }
            Detail::None | Detail::Bar { .. } | Detail::Signal(_) => {}
        }
    }

    fn remember(&mut self, facts: Facts) {
        let about = self.judge.hashes.about(facts.event_type, facts.subject);
        self.subjects.insert(about, ());
        let cause = Cause {
            event_type: facts.event_type,
            // A root stands for itself.
            correlation: facts.correlation.unwrap_or(facts.id),
            run: facts.run,
            traceparent: facts.traceparent,
        };
        self.causes.insert(facts.id, cause);
    }
}

/// Why a trace context is none.
fn malformed(stated: &str) -> Option<String> {
    let problem = || format!("`traceparent` is `{stated}`, which is not W3C Trace Context");
    trace_id(stated).is_none().then(problem)
}

/// How a trace context fails to continue that of its cause.
fn differs(given: &str, stated: &str) -> Option<String> {
    if trace_id(given) != trace_id(stated) {
        let problem = "another trace than that of the cause";
        return Some(format!("`traceparent` is `{stated}`: {problem}, `{given}`"));
    }
    (given.get(36..52) == stated.get(36..52)).then(|| {
        format!(
            "`traceparent` is that of the cause, `{given}`: name a span of your own as the parent"
        )
    })
}

/// Whether events of one type cause events of another.
fn may_cause(cause: EventType, effect: EventType) -> bool {
    match effect {
        EventType::IngestorData => false,
        EventType::StrategySignal => cause == EventType::IngestorData,
        EventType::PortfolioOrder | EventType::PortfolioCancel => matches!(
            cause,
            EventType::StrategySignal | EventType::ExecutorExecution
        ),
        EventType::ExecutorExecution => matches!(
            cause,
            EventType::PortfolioOrder | EventType::PortfolioCancel
        ),
    }
}
