//! The portfolio: signals and executions in, orders out; cash, reservations and positions in between.

mod account;
mod book;
mod decide;
mod desk;
mod ended;
mod entry;
mod fill;
mod hold;
mod holding;
mod journal;
mod ledger;
mod mark;
mod measure;
mod reconciliation;
mod trail;
mod wish;

use ingenium_types::event::{ExecutionEvent, SignalEvent};
use ingenium_types::exact::Inexact;
use ingenium_types::scalar::{Name, UtcTimestamp};
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;

use crate::risk::{Limits, Mode, RiskState};
use crate::role::{Disposition, Input, Outbox, Role};
use crate::sizing::{Sizing, Terms};
use crate::states::States;
use entry::{ACCOUNT, holding};
use hold::Held;

pub use account::Account;
pub use ended::Ended;
pub use entry::Entry;
pub use fill::{Deal, Fill, Standing};
pub use hold::{Held as HeldSignal, MOST_HELD};
pub use holding::{Holding, OpenOrder};
pub use journal::{Decision, Journal, Outcome, decisions};
pub use ledger::Ledger;
pub use measure::Measure;
pub use reconciliation::{Reconciliation, reconciliation};
pub use trail::{Said, Trail};

/// A portfolio of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// Its name: the partition key of its orders.
    pub name: Name,
    /// Cash at the start.
    pub initial_cash: Decimal,
    /// How much to open.
    pub sizing: Sizing,
    /// Lots and fees.
    pub terms: Terms,
    /// Whether positions may be short.
    pub mode: Mode,
    /// What orders must not do.
    pub limits: Limits,
    /// How much of the past is kept.
    pub keep: Keep,
}

/// How much of the past is kept as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Decisions, of the whole account; 0: none.
    pub decisions: u64,
    /// Fills that can still be corrected and orders that have ended, of each symbol; above 0.
    pub fills: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            decisions: 1000,
            fills: 64,
        }
    }
}

impl Portfolio {
    /// A long-only portfolio without limits but its cash.
    #[must_use]
    pub fn new(name: Name, initial_cash: Decimal, sizing: Sizing, terms: Terms) -> Self {
        Self {
            name,
            initial_cash,
            sizing,
            terms,
            mode: Mode::default(),
            limits: Limits::default(),
            keep: Keep::default(),
        }
    }
}

impl Role for Portfolio {
    type State = Entry;

    fn consumes(&self) -> &[EventType] {
        &[
            EventType::IngestorData,
            EventType::StrategySignal,
            EventType::ExecutorExecution,
        ]
    }

    fn handle(
        &self,
        states: &mut States<Entry>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        match input.payload {
            Payload::IngestorData(_) => mark::mark(self, states, input),
            Payload::StrategySignal(signal) => self.hear(states, signal, input, outbox),
            Payload::ExecutorExecution(execution) => self.book(states, execution, input, outbox),
            Payload::PortfolioOrder(_) | Payload::PortfolioCancel(_) => Disposition::Applied,
        }
    }

    /// The `ExecutionId` within its order: it is unique per executor only, and an order has one executor.
    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        match input.payload {
            Payload::ExecutorExecution(execution) => {
                Some(format!("{} {}", execution.order_id, execution.execution_id))
            }
            _ => None,
        }
    }
}

impl Portfolio {
    fn account(&self, states: &States<Entry>) -> Account {
        match states.get(ACCOUNT) {
            Some(Entry::Account(account)) => account.clone(),
            _ => Account::new(self.initial_cash),
        }
    }

    /// Decides a signal, or keeps it for later.
    fn hear(
        &self,
        states: &mut States<Entry>,
        signal: &SignalEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let holding = holding(states, signal.symbol.as_str());
        let held = Held {
            signal: signal.clone(),
            at: signal.timestamp.unwrap_or(input.time),
            time: input.time,
            cause: input.cause().clone(),
            price: self.price(&holding, signal),
        };
        if !hold::must_wait(&holding, held.at) {
            return self.decide(states, &held, input.time, outbox);
        }
        let (now, cause) = (held.at.max(input.time), input.cause());
        match hold::keep(states, &holding, held) {
            Ok(()) => Disposition::Applied,
            Err(reason) => {
                let denied = Err(reason);
                journal::write(states, self.keep.decisions, now, signal, cause, &denied);
                Disposition::Ignored(reason)
            }
        }
    }

    /// The price that an order is sized at; `None` before the first bar.
    ///
    /// A fixed quantity asks for a price only to reserve the cash. The one that the strategy saw is the same however
    /// fast bars come here; the last close is not. Where the price decides the quantity, only the own mark is believed.
    fn price(&self, holding: &Holding, signal: &SignalEvent) -> Option<Decimal> {
        let stated = signal.price.map(|price| price.get());
        match (&self.sizing, stated) {
            (Sizing::FixedQuantity(_), Some(stated)) if stated > Decimal::ZERO => {
                holding.mark.map(|_| stated)
            }
            _ => holding.mark,
        }
    }

    /// Decides a signal, with what was `known` then.
    fn decide(
        &self,
        states: &mut States<Entry>,
        held: &Held,
        known: UtcTimestamp,
        outbox: &mut Outbox,
    ) -> Disposition {
        // An effect is never dated before its causes.
        let now = held.at.max(known);
        let outcome = decide::decide(self, states, held, known, outbox);
        let (signal, cause) = (&held.signal, &held.cause);
        journal::write(states, self.keep.decisions, now, signal, cause, &outcome);
        match outcome {
            Ok(order) => {
                let id = outbox.id(&decide::id_fields(held));
                outbox.emit(id, now, cause, order);
                Disposition::Applied
            }
            Err(reason) => Disposition::Ignored(reason),
        }
    }

    /// Books an execution, and decides the signals that have waited for it.
    fn book(
        &self,
        states: &mut States<Entry>,
        execution: &ExecutionEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let before = self.limits.watch().then(|| self.account(states));
        let booked = match book::book(self, states, execution, input.time) {
            Ok(booked) => booked,
            Err(reason) => return Disposition::Ignored(reason),
        };
        if let Some(before) = before {
            self.watch(
                states,
                &before,
                &self.account(states),
                (execution.timestamp, false),
            );
        }
        if booked.lost {
            let mut risk = risk_state(states);
            if risk.note_loss(&self.limits, execution.timestamp) {
                write_risk(states, risk);
            }
        }
        if booked.ended {
            while let Some(held) = hold::release(states, execution.symbol.as_str()) {
                // By the time at which the orders before it had ended, not by which execution came last.
                let settled = decide::settled_at(states, execution.symbol.as_str());
                let known = settled.map_or(held.time, |settled| settled.max(held.time));
                // A denial is in the journal; this event was applied whatever becomes of the signal.
                let _: Disposition = self.decide(states, &held, known, outbox);
            }
        }
        booked
            .flag
            .map_or(Disposition::Applied, Disposition::Ignored)
    }

    fn watch(
        &self,
        states: &mut States<Entry>,
        before: &Account,
        after: &Account,
        (at, ends): (UtcTimestamp, bool),
    ) {
        let mut risk = risk_state(states);
        let mut look = || -> Result<bool, Inexact> {
            risk.watch(&self.limits, before.equity()?, after.equity()?, at, ends)
        };
        // An equity that does not fit is no loss; what follows from it is denied as inexact.
        if look().unwrap_or(false) {
            write_risk(states, risk);
        }
    }
}

const RISK: &str = "risk";

fn risk_state(states: &States<Entry>) -> RiskState {
    match states.get(RISK) {
        Some(Entry::Risk(risk)) => (**risk).clone(),
        _ => RiskState::default(),
    }
}

fn write_risk(states: &mut States<Entry>, risk: RiskState) {
    states.insert(RISK, Entry::Risk(Box::new(risk)));
}
