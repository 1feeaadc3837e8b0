//! `strategy/rsi`: LONG when RSI crosses below a level, SHORT when it crosses above another.

use std::path::PathBuf;

use ingenium_trading::strategy::RsiStrategy;
use ingenium_types::scalar::{Name, NonNegativeDecimal};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

/// Configuration of `strategy/rsi`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the signals.
    pub source: String,
    /// File that keeps the state; absent: in memory.
    pub state: Option<PathBuf>,
    /// Changes in the average, from 2 to 1000.
    pub period: u32,
    /// LONG on crossing below this level (0 to 100).
    #[schemars(with = "String")]
    pub oversold: NonNegativeDecimal,
    /// SHORT on crossing above this level (0 to 100).
    #[schemars(with = "String")]
    pub overbought: NonNegativeDecimal,
    /// The name in the signal's `Strategy`.
    #[schemars(with = "String")]
    pub name: Name,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            source: "/ingenium/strategy/rsi".to_owned(),
            state: None,
            period: 14,
            oversold: "30".parse().expect("30 is a decimal"),
            overbought: "70".parse().expect("70 is a decimal"),
            name: "rsi".parse().expect("rsi is a name"),
        }
    }
}

impl Config {
    /// The role that this configuration describes.
    ///
    /// # Errors
    /// When a value is out of range.
    pub fn role(&self) -> Result<RsiStrategy, ConfigError> {
        let value = |key, value: String, expected| {
            Err(ConfigError::Value {
                key,
                value,
                expected,
            })
        };
        let hundred = Decimal::ONE_HUNDRED;
        if !(2..=1000).contains(&self.period) {
            return value("period", self.period.to_string(), "use 2 to 1000");
        }
        if self.overbought.get() > hundred || self.oversold >= self.overbought {
            let levels = format!("{} to {}", self.oversold, self.overbought);
            return value("oversold", levels, "use oversold < overbought <= 100");
        }
        Ok(RsiStrategy {
            period: self.period,
            oversold: self.oversold.get(),
            overbought: self.overbought.get(),
            name: self.name.clone(),
        })
    }
}
