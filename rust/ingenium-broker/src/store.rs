//! The event log: one SQLite file, one writer, any number of readers.

mod command;
mod file;
pub(crate) mod reader;
mod record;
mod schema;
mod transaction;
mod writer;

pub(crate) use command::{Accepted, Command, Note, Rejected, Settlement, State, Submission};
pub(crate) use file::{Lock, open};
pub use reader::DeadLetter;
pub(crate) use reader::Reader;
pub(crate) use record::Shared;
pub use record::StoredEvent;
pub(crate) use writer::{LateRule, Writer};
