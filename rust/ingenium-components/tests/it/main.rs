//! The reference components, without a network.

mod driver;
mod golden;
mod ingestor;
mod invariants;
