//! The portfolio: signals and executions in, orders out; cash, reservations and positions in between.

mod account;
mod decide;
mod ledger;

use ingenium_types::event::{ExecutionEvent, SignalEvent};
use ingenium_types::scalar::Name;
use ingenium_types::{EventType, Payload};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::bar::Bar;
use crate::role::{Disposition, Input, Outbox, Role};
use crate::sizing::{Sizing, Terms};
use crate::states::States;

pub use account::{Account, Holding, OpenOrder};
pub use ledger::Ledger;

/// A long-only portfolio of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// Its name: the partition key of its orders.
    pub name: Name,
    /// Cash at the start.
    pub initial_cash: Decimal,
    /// How much to buy.
    pub sizing: Sizing,
    /// Lots and fees.
    pub terms: Terms,
}

/// The state under one key: the account under `account`, an instrument under `symbol/<Symbol>`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Entry {
    /// Nothing yet.
    #[default]
    Empty,
    /// Cash, reservations, market value.
    Account(Account),
    /// A position, its mark and its open orders.
    Holding(Holding),
}

const ACCOUNT: &str = "account";

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
            Payload::IngestorData(_) => self.mark(states, input),
            Payload::StrategySignal(signal) => self.decide(states, signal, input, outbox),
            Payload::ExecutorExecution(execution) => self.book(states, execution),
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

    fn mark(&self, states: &mut States<Entry>, input: &Input<'_>) -> Disposition {
        let bar = match Bar::of(input) {
            Ok(bar) => bar,
            Err(disposition) => return disposition,
        };
        let mut holding = holding(states, bar.event.symbol.as_str());
        if holding.marked_at >= Some(bar.end) {
            return Disposition::Ignored("bar_not_newer");
        }
        let mut account = self.account(states);
        if account
            .mark(&mut holding, bar.ohlc.close.get(), bar.end)
            .is_err()
        {
            return Disposition::Ignored("amount_inexact");
        }
        // The account's row changes only with what it is worth: a mark of nothing held stays in its own row.
        if !holding.position.quantity.is_zero() {
            states.insert(ACCOUNT, Entry::Account(account));
        }
        states.insert(
            &holding_key(bar.event.symbol.as_str()),
            Entry::Holding(holding),
        );
        Disposition::Applied
    }

    fn decide(
        &self,
        states: &mut States<Entry>,
        signal: &SignalEvent,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let symbol = signal.symbol.as_str();
        let (mut account, mut holding) = (self.account(states), holding(states, symbol));
        let order = match decide::decide(self, &account, &holding, signal, input, outbox) {
            Ok(order) => order,
            Err(reason) => return Disposition::Ignored(reason),
        };
        let reserved = order.max_notional.map_or(Decimal::ZERO, |cap| cap.get());
        let Some(order_id) = order.order_id.clone() else {
            return Disposition::Ignored("order_without_id");
        };
        let open = OpenOrder {
            side: order.side,
            quantity: order.quantity.get(),
            cumulative: Decimal::ZERO,
            reserved,
            filled: None,
        };
        if account.reserve(reserved).is_err() {
            return Disposition::Ignored("amount_inexact");
        }
        holding.orders.insert(order_id.to_string(), open);
        states.insert(ACCOUNT, Entry::Account(account));
        states.insert(&holding_key(symbol), Entry::Holding(holding));
        // An effect is never dated before its cause.
        let time = order.timestamp.unwrap_or(input.time).max(input.time);
        let id = outbox.id(&[
            &input.cause.source,
            &input.cause.id,
            symbol,
            decide::FIRST_ORDER,
        ]);
        outbox.emit(id, time, input.cause, order);
        Disposition::Applied
    }

    fn book(&self, states: &mut States<Entry>, execution: &ExecutionEvent) -> Disposition {
        let symbol = execution.symbol.as_str();
        let (mut account, mut holding) = (self.account(states), holding(states, symbol));
        match account.book(&mut holding, execution) {
            Ok(()) => {
                states.insert(ACCOUNT, Entry::Account(account));
                states.insert(&holding_key(symbol), Entry::Holding(holding));
                Disposition::Applied
            }
            Err(reason) => Disposition::Ignored(reason),
        }
    }
}

fn holding_key(symbol: &str) -> String {
    format!("symbol/{symbol}")
}

fn holding(states: &States<Entry>, symbol: &str) -> Holding {
    match states.get(&holding_key(symbol)) {
        Some(Entry::Holding(holding)) => holding.clone(),
        _ => Holding::default(),
    }
}
