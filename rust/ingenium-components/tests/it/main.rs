//! The reference components, without a network.

mod chain;
mod executor;
mod golden;
mod ingestor;
mod invariant;
mod served;
