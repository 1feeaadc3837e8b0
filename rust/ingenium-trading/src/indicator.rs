//! Indicators: incremental, one step a bar, on decimals.

mod rsi;

pub use rsi::Rsi;
