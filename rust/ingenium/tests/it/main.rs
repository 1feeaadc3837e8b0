//! The SDK, over real HTTP and real SQLite.

mod component;
mod hostile;
mod stage;
mod store;
