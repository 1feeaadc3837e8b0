//! Strategies: bars in, signals out.

mod rsi;

pub use rsi::{RsiState, RsiStrategy};
