//! `portfolio/long-only`: signals to orders, one account, no short positions.

use std::path::PathBuf;

use ingenium_trading::portfolio::Portfolio;
use ingenium_trading::sizing::{self, Terms};
use ingenium_types::scalar::{Name, NonNegativeDecimal, PositiveDecimal, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much to buy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sizing {
    /// This share of the equity, from 0 to 1.
    PercentEquity(#[schemars(with = "String")] Ratio),
    /// The same quantity every time.
    FixedQuantity(#[schemars(with = "String")] PositiveDecimal),
}

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
    /// How much to buy.
    pub sizing: Sizing,
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
            lot: "1".parse().expect("1 is a decimal"),
            fee_bps: "0".parse().expect("0 is a decimal"),
            gap_allowance: "0.10".parse().expect("0.10 is a decimal"),
        }
    }
}

impl Config {
    /// The role that this configuration describes.
    #[must_use]
    pub fn role(&self) -> Portfolio {
        Portfolio {
            name: self.name.clone(),
            initial_cash: self.initial_cash.get(),
            sizing: match &self.sizing {
                Sizing::PercentEquity(share) => sizing::Sizing::PercentEquity(share.get()),
                Sizing::FixedQuantity(quantity) => sizing::Sizing::FixedQuantity(quantity.get()),
            },
            terms: Terms {
                lot: self.lot.get(),
                fee_bps: self.fee_bps.get(),
                gap_allowance: self.gap_allowance.get(),
            },
        }
    }
}
