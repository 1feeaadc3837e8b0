//! Pure trading logic: the state machines that live trading, replay and backtest share.
//!
//! A role is a function from (state, event) to (state, events). It has no clock, no randomness and no socket:
//! time arrives in events, ids follow from what they identify. Whoever drives a role decides where state lives.
//!
//! | Module | Holds |
//! |---|---|
//! | [`role`], [`states`] | what a role is, and its keyed state |
//! | [`indicator`] | RSI and ATR (Wilder), SMA, EMA, crossings, volatility |
//! | [`strategy`] | RSI, crossing moving averages |
//! | [`position`], [`sizing`], [`risk`], [`portfolio`] | cost, cash, reservations, limits, order decisions |
//! | [`order`] | which report of an order may follow which |
//! | [`executor`] | simulated fills from bars |
//! | [`backtest`] | a whole run in virtual time, in step order |
//! | [`metric`] | statistics of a backtest: daily points, round trips, ratios |

#![deny(clippy::float_arithmetic)]

pub mod role;
pub mod states;

pub mod bar;
pub mod indicator;
pub mod strategy;

pub mod portfolio;
pub mod position;
pub mod risk;
pub mod sizing;

pub mod executor;
pub mod order;

pub mod backtest;
pub mod metric;

pub use role::{Cause, Disposition, Emission, Input, Origin, Outbox, Role};
pub use states::States;
