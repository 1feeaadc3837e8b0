//! Embedded broker with the behaviour of a Knative Broker and its Triggers: durable, ordered per key.
//!
//! It has the HTTP face of Knative (`POST /{namespace}/{broker}`), so a component moves to a cluster unchanged, and
//! keeps what Knative leaves to chance: an event is on disk before its 202, an event that comes again is stored
//! once, events of one key stay in order under failures, and in mode [`Mode::Step`] a run over recorded input is
//! the same run whatever the machine does.
//!
//! | Step | Module |
//! |---|---|
//! | requests are admitted and routed | `token`, `routes` |
//! | an event is judged and stored | `ingress`, `store` |
//! | brokers and triggers are kept as objects of Knative's own shape | `api`, [`trigger`] |
//! | which delivery comes next | `dispatch` |
//! | a delivery and what its answer means | `delivery` |
//! | old events leave | `retention` |
//! | the log is read along | `events`, [`Recording`] |
//! | what is measured | `metrics` |
//! | a file is checked and copied | [`check`], [`backup`], [`restore`] |

mod api;
mod broker;
pub mod config;
mod core;
mod counts;
mod data_plane;
mod delivery;
mod dispatch;
mod error;
mod events;
mod handle;
mod ingress;
mod lateness;
mod log;
mod metrics;
mod partition;
mod retention;
mod routes;
mod store;
mod token;
pub mod trigger;

pub use broker::Broker;
pub use config::{Config, Limits, Mode, Retention};
pub use counts::Counts;
pub use error::Error;
pub use handle::Handle;
pub use store::check::{Damage, Report, Rule, check};
pub use store::{DeadLetter, Recording, StoredEvent, backup, restore};
pub use token::{InvalidToken, Token};
pub use trigger::Trigger;
