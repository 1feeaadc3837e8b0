//! `strategy/sma-cross`: LONG when a fast moving average crosses above a slow one, SHORT when it crosses below.

use std::path::PathBuf;

use ingenium_trading::strategy::SmaCrossStrategy;
use ingenium_types::scalar::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

/// Configuration of `strategy/sma-cross`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the signals.
    pub source: String,
    /// File that keeps the state; absent: in memory.
    pub state: Option<PathBuf>,
    /// Closes in the fast mean, at least 1.
    pub fast: usize,
    /// Closes in the slow mean: more than in the fast one, at most 1000.
    pub slow: usize,
    /// The name in the signal's `Strategy`.
    #[schemars(with = "String")]
    pub name: Name,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            source: "/ingenium/strategy/sma-cross".to_owned(),
            state: None,
            fast: 10,
            slow: 30,
            name: "sma-cross".parse().expect("sma-cross is a name"),
        }
    }
}

impl Config {
    /// The role that this configuration describes.
    ///
    /// # Errors
    /// When a value is out of range.
    pub fn role(&self) -> Result<SmaCrossStrategy, ConfigError> {
        if self.fast == 0 || self.fast >= self.slow || self.slow > 1000 {
            return Err(ConfigError::Value {
                key: "fast",
                value: format!("{} to {}", self.fast, self.slow),
                expected: "use 1 <= fast < slow <= 1000",
            });
        }
        Ok(SmaCrossStrategy {
            fast: self.fast,
            slow: self.slow,
            name: self.name.clone(),
        })
    }
}
