//! The judge: CloudEvents envelope and event schemas, bytes in, verdict out.
//!
//! Nothing here does I/O, and nothing here fails on an event: bad bytes become findings, all of them.

pub mod attribute;
pub mod envelope;
pub mod event;
pub mod finding;
pub mod profile;
pub mod rule;
#[cfg(feature = "cloudevents-sdk")]
pub mod sdk;
pub mod typed;
pub mod validate;

mod explain;
#[rustfmt::skip] // the generator decides how its files look
mod generated;
pub mod locate;

pub use attribute::Time;
pub use envelope::{Mode, Received, SpecVersions};
pub use event::{Attribute, AttributeValue, CloudEvent, Data};
pub use finding::{Finding, Level};
pub use typed::{Rejection, TypedEvent, decode};
pub use validate::{Verdict, judge, validate, validate_payload, validate_structured};

/// The version of the contract that this crate judges by.
pub const CONTRACT_VERSION: &str = generated::bundle::CONTRACT_VERSION;

/// SHA-256 over all schemas that this crate judges by: equal digests, equal verdicts.
pub const CONTRACT_DIGEST: &str = generated::bundle::CONTRACT_DIGEST;

/// What the authors of the contract wrote, by path: the source of every schema that this crate judges by.
pub const AUTHORED: &[(&str, &str)] = generated::bundle::AUTHORED;
