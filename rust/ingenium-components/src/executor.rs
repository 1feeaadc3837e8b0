//! `executor/paper`: fills at the next open, on recorded or live bars, with no venue behind it.

use std::path::PathBuf;

use ingenium_trading::executor::PaperExecutor;
use ingenium_types::scalar::{CurrencyCode, NonNegativeDecimal, PositiveDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Configuration of `executor/paper`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the executions.
    pub source: String,
    /// File that keeps the state; absent: in memory.
    pub state: Option<PathBuf>,
    /// Quantities are multiples of this.
    #[schemars(with = "String")]
    pub lot: PositiveDecimal,
    /// Fee in basis points of the notional.
    #[schemars(with = "String")]
    pub fee_bps: NonNegativeDecimal,
    /// The currency of fees where the order names none.
    #[schemars(with = "String")]
    pub currency: CurrencyCode,
    /// Bars kept a symbol, for orders that arrive late.
    pub history: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            source: "/ingenium/executor/paper".to_owned(),
            state: None,
            lot: "1".parse().expect("1 is a decimal"),
            fee_bps: "0".parse().expect("0 is a decimal"),
            currency: "USD".parse().expect("USD is a currency"),
            history: 256,
        }
    }
}

impl Config {
    /// The role that this configuration describes.
    #[must_use]
    pub fn role(&self) -> PaperExecutor {
        PaperExecutor {
            lot: self.lot.get(),
            fee_bps: self.fee_bps.get(),
            currency: self.currency.clone(),
            history: self.history,
        }
    }
}
