//! SDK: a trading role in, a served Knative component out.
//!
//! Implement [`Role`](ingenium_trading::Role), give it to [`Component`], and the process behaves as Knative expects:
//! it listens on `PORT`, posts to `K_SINK`, answers 2xx only after the effect is durable, deduplicates redeliveries,
//! resends what a crash left unsent with the same ids, and drains on TERM.
//!
//! | Module | Holds |
//! |---|---|
//! | [`component`] | the served component |
//! | [`receive`] | from an HTTP message to a role's input, or the refusal |
//! | [`emit`] | from a role's emission to a CloudEvent |
//! | [`store`] | state, seen events and outbox in one SQLite file |
//! | [`sink`] | sending with retries and the same id |
//! | [`wire`] | events of a backtest as CloudEvents, and back |

pub mod component;
pub mod emit;
pub mod outbox;
pub mod receive;
pub mod sink;
pub mod store;
pub mod wire;

pub use component::{Component, Error};
pub use ingenium_contract as contract;
pub use ingenium_runtime as runtime;
pub use ingenium_trading as trading;
pub use ingenium_types as types;
