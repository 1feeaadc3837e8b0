//! Events that were recorded or pass by, judged without asking the component anything.
//!
//! ```text
//! bytes ─▶ Judge (any thread: one event at a time) ─▶ Seen ─▶ Ledger (in order: events among each other) ─▶ Report
//! ```
//! A ledger remembers the last quarter of a million events for certain, so memory stays flat however long the stream.
//! What takes a component that can be asked, stopped and started is set aside in the report.

mod causes;
mod facts;
mod judge;
mod ledger;
mod orders;
mod tally;
mod window;

pub use judge::{Judge, Rigour, Seen};
pub use ledger::{Finding, Ledger};
