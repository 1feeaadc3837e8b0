//! The reference components, without a network.

mod golden;
mod ingestor;
