//! The reference components, without a network.

mod chain;
mod crash;
mod delay;
mod executor;
mod formats;
mod golden;
mod ingestor;
mod invariant;
mod portfolio;
mod schedule;
mod served;
mod speed;
