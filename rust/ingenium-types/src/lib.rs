//! Event types of the Ingenium contract, their scalars and their decoders.
//!
//! Everything here is a value or a pure function: no clock, no randomness, no socket, no environment.
//! A component author may compile this crate alone.
//!
//! | Need | Module |
//! |---|---|
//! | an event payload | [`event`]: generated from `schemas/events/*.schema.json` |
//! | a decimal, a timestamp, a symbol | [`scalar`] |
//! | bytes to a typed payload, and why not | [`read`], [`refusal`] |
//! | money arithmetic that never rounds in silence | [`exact`] |
//! | the id that an event must have | [`id`] |
//! | whether two runs are the same | [`canonical`], [`fingerprint`] |
//! | which delivery comes next | [`step`] |

pub mod scalar;

pub mod read;
pub mod refusal;

mod enumeration;
#[cfg(feature = "schemars")]
mod schema;
mod stored;
mod unknown;

#[path = "generated/mod.rs"]
#[rustfmt::skip] // Generated files look as the generator's printer leaves them.
pub mod event;

pub mod canonical;
pub mod exact;
pub mod fingerprint;
pub mod id;
pub mod step;

pub use event::{EventType, Payload};
pub use read::{Decode, Reader, View};
pub use refusal::{Refusal, Rule};
