//! Black-box conformance runner for components in any language: HTTP and bytes, nothing to link.
//!
//! It spawns the component with the environment that Knative would give it, stimulates it, records what it posts as
//! raw bytes, and judges every recorded byte before anything decodes it.
//!
//! | Module | Holds |
//! |---|---|
//! | [`case`] | the checks, as data |
//! | [`target`] | the component under test, a process group of its own |
//! | [`recorder`] | the sink that it posts to |
//! | [`stimulus`] | events that make a role act |
//! | [`judge`] | recorded bytes to verdicts |
//! | [`mod@run`] | one run, from spawn to report |
//! | [`report`] | the report and its schema |

pub mod case;
mod check;
pub mod judge;
pub mod recorder;
pub mod report;
pub mod run;
pub mod stimulus;
pub mod target;

pub use case::{Case, Role};
pub use report::{CheckResult, Report, Verdict};
pub use run::{Error, Options, run};
