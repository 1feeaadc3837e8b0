//! The reference components, without a network.

mod chain;
mod executor;
mod formats;
mod golden;
mod ingestor;
mod invariant;
mod served;
mod speed;
