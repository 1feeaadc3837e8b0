//! The event log: one SQLite file, one writer, any number of readers.

mod backup;
pub(crate) mod check;
mod checksum;
mod command;
mod file;
mod header;
mod herald;
mod lock;
mod migration;
mod notes;
pub(crate) mod reader;
mod recent;
mod record;
mod recording;
mod retention;
mod row;
mod schema;
mod transaction;
mod writer;

pub use backup::{backup, restore};
pub(crate) use command::{Accepted, Command, Note, Rejected, Settlement, State, Submission};
pub(crate) use file::open;
pub(crate) use lock::Lock;
pub(crate) use notes::Notes;
pub use reader::DeadLetter;
pub(crate) use reader::Reader;
pub(crate) use recent::{Recent, recent};
pub(crate) use record::Shared;
pub use record::StoredEvent;
pub use recording::Recording;
pub(crate) use retention::Bounds;
pub(crate) use writer::{LateRule, Writer};
