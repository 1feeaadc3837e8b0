//! Strategies: bars in, signals out.

mod rsi;
mod signal;
mod sma_cross;

pub use rsi::{RsiState, RsiStrategy};
pub use sma_cross::{SmaCrossState, SmaCrossStrategy};
