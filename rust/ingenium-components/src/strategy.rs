//! Strategies: bars in, signals out.

pub mod rsi;
pub mod sma_cross;
