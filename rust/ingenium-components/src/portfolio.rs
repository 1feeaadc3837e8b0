//! `portfolio/long-only`: signals to orders, one account; with margin, short positions and credit, too.

mod mode;
mod risk;
mod sizing;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use ingenium_trading::portfolio::{Keep, Portfolio};
use ingenium_trading::sizing::Terms;
use ingenium_types::scalar::{Name, NonNegativeDecimal, PositiveDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, check_lot};

pub use mode::{Margin, Mode};
pub use risk::{LossGuard, Risk, Stop, TradingState, Tripped};
pub use sizing::{Atr, Kelly, Sizing, VolTarget};

/// Configuration of `portfolio/long-only`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// CloudEvents `source` of the orders.
    pub source: String,
    /// File that keeps the state; absent: in memory.
    pub state: Option<PathBuf>,
    /// The portfolio's name: the partition key of its orders.
    #[schemars(with = "String")]
    pub name: Name,
    /// Cash at the start.
    #[schemars(with = "String")]
    pub initial_cash: NonNegativeDecimal,
    /// How much to open.
    pub sizing: Sizing,
    /// Whether positions may be short, or larger than the cash.
    pub mode: Mode,
    /// What orders must not do.
    pub risk: Risk,
    /// Decisions that are kept in the state, the last ones; 0: none.
    pub decisions: u64,
    /// Fills that can still be corrected, and ended orders that are remembered, of each symbol: the last ones.
    pub fills: NonZeroUsize,
    /// Quantities are multiples of this.
    #[schemars(with = "String")]
    pub lot: PositiveDecimal,
    /// Fee that the executor will charge, in basis points of the notional.
    #[schemars(with = "String")]
    pub fee_bps: NonNegativeDecimal,
    /// Room for the price to rise until the fill, as a share, for sizings without a budget.
    #[schemars(with = "String")]
    pub gap_allowance: NonNegativeDecimal,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            source: "/ingenium/portfolio/main".to_owned(),
            state: None,
            name: "main".parse().expect("main is a name"),
            initial_cash: "100000".parse().expect("100000 is a decimal"),
            sizing: Sizing::PercentEquity("0.30".parse().expect("0.30 is a ratio")),
            mode: Mode::LongOnly,
            risk: Risk::default(),
            decisions: Keep::default().decisions,
            fills: NonZeroUsize::new(Keep::default().fills).expect("the default is above 0"),
            lot: "1".parse().expect("1 is a decimal"),
            fee_bps: "0".parse().expect("0 is a decimal"),
            gap_allowance: "0.10".parse().expect("0.10 is a decimal"),
        }
    }
}

impl Config {
    /// Refuses values that no type refuses.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub fn check(&self) -> Result<(), ConfigError> {
        check_lot(self.lot)?;
        self.sizing.check()
    }

    /// The role that this configuration describes.
    #[must_use]
    pub fn role(&self) -> Portfolio {
        let terms = Terms {
            lot: self.lot.get(),
            fee_bps: self.fee_bps.get(),
            gap_allowance: self.gap_allowance.get(),
        };
        let (name, cash) = (self.name.clone(), self.initial_cash.get());
        Portfolio {
            mode: self.mode.of_role(),
            limits: self.risk.limits(),
            keep: Keep {
                decisions: self.decisions,
                fills: self.fills.get(),
            },
            ..Portfolio::new(name, cash, self.sizing.of_role(), terms)
        }
    }
}

/// A whole number above zero that everybody knows.
const fn known(value: u32) -> NonZeroU32 {
    match NonZeroU32::new(value) {
        Some(value) => value,
        None => NonZeroU32::MIN,
    }
}
