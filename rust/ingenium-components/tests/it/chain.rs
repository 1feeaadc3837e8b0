//! All roles in one process: events go from one to the next in step order, each role deduplicates as the SDK does.

use std::collections::{HashMap, HashSet, VecDeque};

use ingenium_trading::executor::PaperExecutor;
use ingenium_trading::portfolio::Portfolio;
use ingenium_trading::strategy::RsiStrategy;
use ingenium_trading::{Cause, Input, Outbox, Role, States};
use ingenium_types::Payload;
use ingenium_types::event::DataEvent;
use ingenium_types::scalar::UtcTimestamp;

/// An event on its way: what it says, when, and its envelope as its effects see it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) payload: Payload,
    pub(crate) time: UtcTimestamp,
    pub(crate) cause: Cause,
}

/// A role that is called in process.
pub(crate) struct Actor<R: Role> {
    role: R,
    source: &'static str,
    pub(crate) states: States<R::State>,
    seen: HashSet<(String, String)>,
    facts: HashMap<String, Payload>,
}

impl<R: Role> Actor<R> {
    fn new(role: R, source: &'static str) -> Self {
        Self {
            role,
            source,
            states: States::default(),
            seen: HashSet::new(),
            facts: HashMap::new(),
        }
    }

    pub(crate) fn give(&mut self, message: &Message) -> Vec<Message> {
        let Message {
            payload,
            time,
            cause,
        } = message;
        let key = (cause.source.clone(), cause.id.clone());
        if !self.role.consumes().contains(&payload.event_type()) || !self.seen.insert(key) {
            return Vec::new();
        }
        let input = Input {
            payload,
            time: *time,
            origin: cause,
        };
        let mut outbox = Outbox::new(self.source);
        let known = self.role.natural_key(&input).and_then(|key| {
            let known = self.facts.get(&key).cloned();
            self.facts.entry(key).or_insert_with(|| payload.clone());
            known
        });
        match known {
            Some(known) if known == *payload => return Vec::new(),
            Some(_) => self.role.conflict(&mut self.states, &input, &mut outbox),
            None => self.role.handle(&mut self.states, &input, &mut outbox),
        };
        self.states.commit();
        let emitted = outbox.into_emissions().into_iter().map(|emission| Message {
            payload: emission.payload,
            time: emission.time,
            cause: Cause {
                source: self.source.to_owned(),
                id: emission.id.to_string(),
                ..emission.cause
            },
        });
        emitted.collect()
    }
}

/// Executor, portfolio and one strategy, in the order in which a step reaches them.
pub(crate) struct Chain {
    pub(crate) executor: Actor<PaperExecutor>,
    pub(crate) portfolio: Actor<Portfolio>,
    pub(crate) strategy: Actor<RsiStrategy>,
    /// Everything that was said, in log order.
    pub(crate) log: Vec<Message>,
}

impl Chain {
    pub(crate) fn new(
        executor: PaperExecutor,
        portfolio: Portfolio,
        strategy: RsiStrategy,
    ) -> Self {
        Self {
            executor: Actor::new(executor, "/e"),
            portfolio: Actor::new(portfolio, "/p"),
            strategy: Actor::new(strategy, "/s"),
            log: Vec::new(),
        }
    }

    /// A bar as the ingestor states it.
    pub(crate) fn root(&mut self, bar: DataEvent) -> Message {
        let time = bar.end_timestamp.expect("a bar states its end");
        let cause = Cause {
            source: "/i".to_owned(),
            id: format!("bar-{}", self.log.len()),
            ..Cause::default()
        };
        let bar = Message {
            payload: Payload::from(bar),
            time,
            cause,
        };
        self.log.push(bar.clone());
        bar
    }

    /// Takes a bar through all roles; `after` sees the chain after each event that the portfolio was given.
    pub(crate) fn step(&mut self, bar: DataEvent, mut after: impl FnMut(&Self)) {
        let bar = self.root(bar);
        for subscriber in 0..3 {
            let mut queue = VecDeque::from(match subscriber {
                0 => self.executor.give(&bar),
                1 => self.portfolio.give(&bar),
                _ => self.strategy.give(&bar),
            });
            after(self);
            while let Some(message) = queue.pop_front() {
                self.log.push(message.clone());
                queue.extend(self.executor.give(&message));
                queue.extend(self.portfolio.give(&message));
                after(self);
            }
        }
    }
}
