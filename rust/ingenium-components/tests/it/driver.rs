//! The reference roles in process, in step order.

use std::collections::VecDeque;

use ingenium_components::{executor, portfolio, strategy};
use ingenium_trading::executor::PaperExecutor;
use ingenium_trading::portfolio::{Entry, Ledger, Portfolio};
use ingenium_trading::strategy::RsiStrategy;
use ingenium_trading::{Cause, Input, Outbox, Role, States};
use ingenium_types::Payload;
use ingenium_types::event::DataEvent;
use ingenium_types::scalar::UtcTimestamp;

/// An event with what its effects inherit.
type Event = (Payload, UtcTimestamp, Cause);

/// A role that is called in process.
struct Actor<R: Role> {
    role: R,
    source: &'static str,
    states: States<R::State>,
}

impl<R: Role> Actor<R> {
    fn new(role: R, source: &'static str) -> Self {
        Self {
            role,
            source,
            states: States::default(),
        }
    }

    fn give(&mut self, (payload, time, cause): &Event) -> Vec<Event> {
        if !self.role.consumes().contains(&payload.event_type()) {
            return Vec::new();
        }
        let mut outbox = Outbox::new(self.source);
        self.role.handle(
            &mut self.states,
            &Input {
                payload,
                time: *time,
                cause,
            },
            &mut outbox,
        );
        self.states.commit();
        let emitted = outbox.into_emissions().into_iter().map(|emission| {
            let id = emission.id.to_string();
            (
                emission.payload,
                emission.time,
                Cause {
                    source: self.source.to_owned(),
                    id,
                    ..emission.cause
                },
            )
        });
        emitted.collect()
    }
}

/// Executor, portfolio and RSI strategy over bars.
pub(crate) struct Driver {
    executor: Actor<PaperExecutor>,
    portfolio: Actor<Portfolio>,
    strategy: Actor<RsiStrategy>,
    cash: rust_decimal::Decimal,
    bars: u32,
    /// Every event in the order of the log.
    pub(crate) log: Vec<Payload>,
}

impl Driver {
    /// The portfolio's fee is the executor's.
    pub(crate) fn new(portfolio: &portfolio::Config, strategy: &strategy::Config) -> Self {
        let executor = executor::Config {
            fee_bps: portfolio.fee_bps,
            ..executor::Config::default()
        };
        Self {
            cash: portfolio.initial_cash.get(),
            executor: Actor::new(executor.role(), "/e"),
            portfolio: Actor::new(portfolio.role(), "/p"),
            strategy: Actor::new(strategy.role().expect("the settings are in range"), "/s"),
            bars: 0,
            log: Vec::new(),
        }
    }

    /// All bars of one time.
    pub(crate) fn step(&mut self, bars: Vec<DataEvent>) {
        let events: Vec<Event> = bars
            .into_iter()
            .map(|bar| {
                self.bars += 1;
                let time = bar.end_timestamp.expect("the ingestor states it");
                let cause = Cause {
                    source: "/i".to_owned(),
                    id: format!("bar-{}", self.bars),
                    ..Cause::default()
                };
                (Payload::from(bar), time, cause)
            })
            .collect();
        self.log
            .extend(events.iter().map(|(payload, ..)| payload.clone()));
        for rank in 0..3 {
            for event in &events {
                let emitted = match rank {
                    0 => self.executor.give(event),
                    1 => self.portfolio.give(event),
                    _ => self.strategy.give(event),
                };
                self.drain(emitted);
            }
        }
    }

    fn drain(&mut self, emitted: Vec<Event>) {
        self.log
            .extend(emitted.iter().map(|(payload, ..)| payload.clone()));
        let mut queue = VecDeque::from(emitted);
        while let Some(event) = queue.pop_front() {
            let mut effects = self.executor.give(&event);
            effects.extend(self.portfolio.give(&event));
            self.log
                .extend(effects.iter().map(|(payload, ..)| payload.clone()));
            queue.extend(effects);
        }
    }

    /// What the log adds up to.
    pub(crate) fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new(self.cash);
        for payload in &self.log {
            ledger.apply(payload).expect("fits");
        }
        ledger
    }

    /// The portfolio's state by key.
    pub(crate) fn portfolio(&self) -> &States<Entry> {
        &self.portfolio.states
    }
}
