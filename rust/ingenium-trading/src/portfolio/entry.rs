//! The rows of a portfolio's store: what each key holds.

use ingenium_types::scalar::UtcTimestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::account::Account;
use super::ended::Ended;
use super::fill::Fill;
use super::hold::Held;
use super::holding::Holding;
use super::journal::{Decision, Journal};
use super::measure::Measure;
use super::reconciliation::Reconciliation;
use super::trail::Trail;
use crate::risk::RiskState;
use crate::states::{States, key};

/// The state under one key.
///
/// | Key | Holds | Written by |
/// |---|---|---|
/// | `account` | cash, reservations, market value | marks of what is held, orders, executions |
/// | `symbol/<Symbol>` | position, mark, open orders | bars, orders, executions |
/// | `trail/<Symbol>` | what decisions and corrections need to know of the past | orders, executions |
/// | `fill/<Symbol> <OrderId> <ExecutionId>` | a fill, until it is folded into the trail | executions |
/// | `ended/<Symbol> <OrderId>` | an order that has ended, the last ones only | executions |
/// | `held/<Symbol> <time> <arrival>` | a signal that waits for an order to end | signals |
/// | `decision/<time> <number>` | a decision, the last ones only | signals |
/// | `measure/<Symbol>` | indicators of its bars, where the sizing looks back | bars |
/// | `risk` | the state of trading and what limits remember, where there are limits | all |
/// | `journal` | how many decisions there were | signals |
/// | `reconciliation` | executions that do not fit what is known | executions |
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Entry {
    /// Nothing yet.
    #[default]
    Empty,
    /// Cash, reservations, market value.
    Account(Account),
    /// A position, its mark and its open orders.
    Holding(Holding),
    /// What decisions and corrections need to know of an instrument's past.
    Trail(Box<Trail>),
    /// A fill that may still be corrected.
    Fill(Box<Fill>),
    /// An order that has ended.
    Ended(Box<Ended>),
    /// A signal that waits.
    Held(Box<Held>),
    /// An order or a denial.
    Decision(Box<Decision>),
    /// How many decisions there were.
    Journal(Journal),
    /// What sizing measures of bars.
    Measure(Box<Measure>),
    /// What the limits remember.
    Risk(Box<RiskState>),
    /// Executions that do not fit.
    Reconciliation(Box<Reconciliation>),
}

/// The key of the account.
pub(super) const ACCOUNT: &str = "account";

/// What the keys of all holdings start with.
pub(super) const HOLDINGS: &str = "symbol/";

/// The key of an instrument's holding.
pub(super) fn holding_key(symbol: &str) -> SmolStr {
    key(&[HOLDINGS, symbol])
}

/// The holding of `symbol`, an empty one if there is none.
pub(super) fn holding(states: &States<Entry>, symbol: &str) -> Holding {
    match states.get(&holding_key(symbol)) {
        Some(Entry::Holding(holding)) => holding.clone(),
        _ => Holding::default(),
    }
}

/// The holdings that there are.
pub(super) fn holdings(states: &States<Entry>) -> impl Iterator<Item = &Holding> {
    let rows = states.range(HOLDINGS, HOLDINGS);
    rows.filter_map(|(_, entry)| match entry {
        Entry::Holding(holding) => Some(holding),
        _ => None,
    })
}

/// An instant in a key: the order of the texts is that of the instants.
pub(super) fn time_key(at: UtcTimestamp) -> String {
    // The contract's years, 1970 to 2261, have at most 19 digits of nanoseconds and no sign.
    format!("{:020}", at.as_nanoseconds())
}
