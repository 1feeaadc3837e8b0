//! Whether positions may be short, or larger than the cash.

use ingenium_trading::risk;
use ingenium_types::scalar::{NonNegativeDecimal, PositiveDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether positions may be short, or larger than the cash.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    /// No short positions, nothing on credit: SHORT is an exit.
    #[default]
    LongOnly,
    /// Short positions and credit: SHORT opens, LONG closes what is short and opens.
    Margin(Margin),
}

/// How much credit there is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Margin {
    /// Equity needed to open, as a share of all positions and open orders: with 1 positions may be short and nothing is
    /// on credit, 0.5 is a leverage of 2.
    #[schemars(with = "String")]
    pub initial: PositiveDecimal,
    /// Equity needed to hold: with less, nothing is opened.
    #[schemars(with = "String")]
    pub maintenance: NonNegativeDecimal,
}

impl Default for Margin {
    fn default() -> Self {
        Self {
            initial: "1".parse().expect("1 is a decimal"),
            maintenance: "0.25".parse().expect("0.25 is a decimal"),
        }
    }
}

impl Mode {
    pub(super) const fn of_role(&self) -> risk::Mode {
        match self {
            Self::LongOnly => risk::Mode::LongOnly,
            Self::Margin(margin) => risk::Mode::Margin(risk::Margin {
                initial: margin.initial.get(),
                maintenance: margin.maintenance.get(),
            }),
        }
    }
}
