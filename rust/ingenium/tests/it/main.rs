//! The SDK, over real HTTP and real SQLite.

mod component;
mod stage;
mod store;
