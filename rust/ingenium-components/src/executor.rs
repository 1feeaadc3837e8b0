//! `executor/paper`: fills orders from recorded or live bars, with no venue behind it.

mod model;

use std::path::PathBuf;

use ingenium_trading::executor::{self, PaperExecutor};
use ingenium_types::scalar::{CurrencyCode, NonNegativeDecimal, PositiveDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

pub use model::{Fees, LimitFill, Session, Slippage, Tier, Timing};

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
    /// Fee in basis points of the notional: the short form of `fees`.
    #[schemars(with = "String")]
    pub fee_bps: NonNegativeDecimal,
    /// The currency of fees where the order names none.
    #[schemars(with = "String")]
    pub currency: CurrencyCode,
    /// Bars kept a symbol, for orders that arrive late.
    pub history: usize,
    /// When MARKET orders fill.
    pub timing: Timing,
    /// How much worse than the bar's prices fills are.
    pub slippage: Slippage,
    /// The share of a bar's volume that orders may take, from 0 to 1; 0.1 is realistic.
    #[schemars(with = "String")]
    pub participation: NonNegativeDecimal,
    /// What fills cost, where `fee_bps` is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<Fees>,
    /// Whether the market has to cross a limit to fill it, or to touch it.
    pub limit_fill: LimitFill,
    /// The hours of the market.
    pub session: Session,
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
            timing: Timing::default(),
            slippage: Slippage::default(),
            participation: "1".parse().expect("1 is a decimal"),
            fees: None,
            limit_fill: LimitFill::default(),
            session: Session::default(),
        }
    }
}

impl Config {
    /// The role that this configuration describes.
    ///
    /// # Errors
    /// When a value is out of range, or fees are said twice.
    pub fn role(&self) -> Result<PaperExecutor, ConfigError> {
        let share = self.participation.get();
        if share > 1.into() || share.normalize().scale() > 8 {
            return Err(ConfigError::Value {
                key: "participation",
                value: self.participation.to_string(),
                expected: "use 0 to 1 with at most 8 decimals",
            });
        }
        let fees = match &self.fees {
            Some(_) if !self.fee_bps.get().is_zero() => {
                return Err(ConfigError::Value {
                    key: "fee_bps",
                    value: self.fee_bps.to_string(),
                    expected: "use either `fee_bps` or `fees`",
                });
            }
            Some(fees) => fees.schedule()?,
            None => executor::Fees::Bps(self.fee_bps.get()),
        };
        Ok(PaperExecutor {
            lot: self.lot.get(),
            currency: self.currency.clone(),
            history: self.history,
            timing: self.timing.moment(),
            limit_fill: self.limit_fill.rule(),
            slippage: self.slippage.rule()?,
            participation: share,
            fees,
            session: self.session.hours()?,
        })
    }
}
