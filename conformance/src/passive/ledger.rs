//! Events among each other, in the order of the stream.

use std::collections::HashMap;
use std::fmt::Display;

use ingenium_runtime::clock;
use ingenium_types::EventType;
use ingenium_types::scalar::UtcTimestamp;

use super::causes::{Cause, Causes, may_cause};
use super::facts::{Detail, Facts};
use super::judge::{Judge, Outcomes, Rule, Seen, about_events, can_judge};
use super::orders::Orders;
use super::tally::Tally;
use super::window::Window;
use crate::case::{Expect, Profile, Stream};
use crate::check::Outcome;
use crate::judge::set_aside;
use crate::lineage;
use crate::report::{Report, Subject, Verdict, Violation};
use crate::role::Role;

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
    causes: Causes,
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
            causes: Causes::default(),
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
        let counts = |level| self.judge.is_strict() || level == crate::case::Level::Must;
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
        let strict = self.judge.is_strict();
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

    /// What an event says about its cause. Where the id that it names stands for several events, one of them has to fit.
    fn causes(&mut self, at: &At<'_>) {
        let facts = at.facts;
        let mut said: Vec<(Stream, Option<String>)> = Vec::new();
        let causes = self.causes.of(facts);
        let mut kept = |rule, holds: &dyn Fn(&Cause) -> bool, problem: &str| {
            if !causes.is_empty() {
                let holds = causes.iter().any(|cause| holds(cause));
                said.push((rule, (!holds).then(|| problem.to_owned())));
            }
        };
        kept(Stream::CausationKnown, &|_| true, "");
        kept(
            Stream::CorrelationKept,
            &|cause| facts.correlation == Some(cause.correlation),
            "`correlationid` is not that of the cause",
        );
        kept(
            Stream::RunCopied,
            &|cause| facts.run == cause.run,
            "`ingeniumrun` is not that of the cause: a simulated run must stay one",
        );
        let names_its_own_id = facts.cause == Some(facts.id);
        if names_its_own_id || !causes.is_empty() {
            let of_own_type = causes
                .iter()
                .map(|cause| cause.event_type == facts.event_type);
            let problem = lineage::self_loop(names_its_own_id, of_own_type);
            said.push((Stream::NoSelfLoop, problem.map(ToOwned::to_owned)));
        }
        if let Some(stated) = facts.traceparent.as_deref() {
            let mut problems = causes
                .iter()
                .map(|cause| lineage::trace(stated, cause.traceparent.as_deref()));
            let first = problems
                .next()
                .unwrap_or_else(|| lineage::trace(stated, None));
            let fits = problems.any(|problem| problem.is_none());
            said.push((Stream::TraceContinued, first.filter(|_| !fits)));
        }
        if causes.is_empty() && !names_its_own_id {
            let problem = self.without_cause(facts);
            said.extend(problem.map(|problem| (Stream::CausationKnown, Some(problem.to_owned()))));
        }
        for (rule, problem) in said {
            self.say(Rule::Stream(rule), at, problem.as_deref());
        }
        self.before(at);
    }

    /// What is wrong with an event whose cause is not in the stream.
    fn without_cause(&mut self, facts: &Facts) -> Option<&'static str> {
        if facts.cause.is_none() {
            return (facts.event_type != EventType::IngestorData)
                .then_some("`causationid` is missing: name the id of the cause");
        }
        // A stream that holds no causes at all is a component's output alone.
        let mut types = self.types.keys();
        (types.any(|seen| may_cause(*seen, facts.event_type)) && self.causes.has_seen_start(facts))
            .then_some("`causationid` names no event that came before")
    }

    /// Whether what has to come before came before: judged where the stream holds such events at all.
    ///
    /// Where nothing came before, that is held against the event only if the stream has seen the start.
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
        if !found && !self.causes.has_seen_start(at.facts) {
            return;
        }
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
        self.causes.remember(facts);
    }
}
