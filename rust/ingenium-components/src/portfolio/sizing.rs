//! How much to open.

use std::num::NonZeroU32;

use ingenium_trading::sizing;
use ingenium_types::scalar::{PositiveDecimal, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use crate::config::ConfigError;

/// How much to open.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sizing {
    /// This share of the equity, from 0 to 1.
    PercentEquity(#[schemars(with = "String")] Ratio),
    /// The same quantity every time.
    FixedQuantity(#[schemars(with = "String")] PositiveDecimal),
    /// The same amount of money every time.
    FixedNotional(#[schemars(with = "String")] PositiveDecimal),
    /// What is missing to this share of the equity, or too much; a signal's `TargetQuantity`, else its `TargetWeight`,
    /// goes before it.
    TargetWeight(#[schemars(with = "String")] Ratio),
    /// This share of the equity is lost if the signal's `StopPrice` is reached.
    RiskPerTrade(#[schemars(with = "String")] Ratio),
    /// The share of the equity that has a wanted volatility.
    VolTarget(VolTarget),
    /// A share of the equity is lost if the price moves by a multiple of its average true range.
    Atr(Atr),
    /// The share of the equity that makes it grow fastest, or a fraction of that.
    Kelly(Kelly),
    /// The equity in this many equal parts.
    EqualWeight(NonZeroU32),
}

/// min(cap, target / σ) of the equity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolTarget {
    /// The wanted volatility, a year.
    #[schemars(with = "String")]
    pub target: PositiveDecimal,
    /// The largest share of the equity.
    #[schemars(with = "String")]
    #[serde(default = "whole")]
    pub cap: PositiveDecimal,
    /// How many returns σ is of.
    #[serde(default = "month")]
    pub bars: NonZeroU32,
    /// How many bars a year has.
    #[serde(default = "year")]
    pub periods: NonZeroU32,
}

/// risk·equity / (multiple·ATR).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Atr {
    /// The share of the equity.
    #[schemars(with = "String")]
    pub risk: Ratio,
    /// The multiple.
    #[schemars(with = "String")]
    pub multiple: PositiveDecimal,
    /// How many true ranges are averaged.
    #[serde(default = "fortnight")]
    pub bars: NonZeroU32,
}

/// min(cap, fraction·(win_rate − (1 − win_rate)/payoff)) of the equity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kelly {
    /// The fraction: 1 is full Kelly.
    #[schemars(with = "String")]
    pub fraction: Ratio,
    /// How often a trade wins.
    #[schemars(with = "String")]
    pub win_rate: Ratio,
    /// What a win gives for each unit that a loss takes.
    #[schemars(with = "String")]
    pub payoff: PositiveDecimal,
    /// The largest share of the equity.
    #[schemars(with = "String")]
    #[serde(default = "whole")]
    pub cap: PositiveDecimal,
}

/// More bars would make a row of the state that nobody wants to write with every bar.
const MOST_BARS: u32 = 10_000;

impl Sizing {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let (bars, least) = match self {
            Self::VolTarget(model) => (model.bars, 2),
            Self::Atr(model) => (model.bars, 1),
            _ => return Ok(()),
        };
        if (least..=MOST_BARS).contains(&bars.get()) {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "bars",
            value: bars.to_string(),
            expected: "use 1 to 10000, and at least 2 for vol_target",
        })
    }

    pub(super) fn of_role(&self) -> sizing::Sizing {
        match self {
            Self::PercentEquity(share) => sizing::Sizing::PercentEquity(share.get()),
            Self::FixedQuantity(quantity) => sizing::Sizing::FixedQuantity(quantity.get()),
            Self::FixedNotional(money) => sizing::Sizing::FixedNotional(money.get()),
            Self::TargetWeight(share) => sizing::Sizing::TargetWeight(share.get()),
            Self::RiskPerTrade(share) => sizing::Sizing::RiskPerTrade(share.get()),
            Self::VolTarget(model) => sizing::Sizing::VolTarget(sizing::VolTarget {
                target: model.target.get(),
                cap: model.cap.get(),
                bars: model.bars.get(),
                periods: model.periods.get(),
            }),
            Self::Atr(model) => sizing::Sizing::Atr(sizing::AtrRisk {
                risk: model.risk.get(),
                multiple: model.multiple.get(),
                bars: model.bars.get(),
            }),
            Self::Kelly(model) => sizing::Sizing::Kelly(sizing::Kelly {
                fraction: model.fraction.get(),
                win_rate: model.win_rate.get(),
                payoff: model.payoff.get(),
                cap: model.cap.get(),
            }),
            Self::EqualWeight(parts) => sizing::Sizing::EqualWeight(parts.get()),
        }
    }
}

fn whole() -> PositiveDecimal {
    "1".parse().expect("1 is a decimal")
}

const fn fortnight() -> NonZeroU32 {
    known(14)
}

const fn month() -> NonZeroU32 {
    known(20)
}

const fn year() -> NonZeroU32 {
    known(252)
}
