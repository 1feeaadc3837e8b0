//! Indicators on decimals: incremental, in constant time a bar, each with one pinned definition.

mod atr;
mod cross;
mod ema;
mod mean;
mod rsi;
mod sma;
mod volatility;

pub use atr::Atr;
pub use cross::Cross;
pub use ema::Ema;
pub use rsi::Rsi;
pub use sma::Sma;
pub use volatility::{Volatility, sqrt};
