//! The models of the simulation, as a configuration names them.

use ingenium_trading::executor;
use ingenium_types::scalar::{Decimal, NonNegativeDecimal, PositiveDecimal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

/// When a MARKET order fills. "After the decision" is by the order's `Timestamp`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Timing {
    /// At the open of the first bar that starts at or after the decision.
    #[default]
    NextOpen,
    /// At the close of that bar.
    NextClose,
    /// At the first close at or after the decision; optimistic, because a decision at a bar's close has seen that price.
    SameClose,
    /// As `next_open`, so many milliseconds later.
    LatencyMs(u32),
}

/// How much worse than the bar's price a fill is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Slippage {
    /// Not at all.
    #[default]
    None,
    /// So many basis points, at most 10000.
    Bps(#[schemars(with = "String")] NonNegativeDecimal),
    /// So many ticks.
    Ticks {
        /// How many.
        count: u32,
        /// The size of one.
        #[schemars(with = "String")]
        size: PositiveDecimal,
    },
    /// By the share of the bar's volume that is taken: `price * impact * min(share, limit)^2`.
    VolumeShare {
        /// The impact of taking the whole volume, as a share of the price; 0.1 is common.
        #[schemars(with = "String")]
        impact: NonNegativeDecimal,
        /// The share beyond which it gets no worse; 0.025 is common.
        #[schemars(with = "String")]
        limit: NonNegativeDecimal,
    },
}

/// What fills cost.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fees {
    /// Nothing.
    None,
    /// So many basis points of the notional.
    Bps(#[schemars(with = "String")] NonNegativeDecimal),
    /// So much a unit, by order.
    PerShare {
        /// The fee of one unit.
        #[schemars(with = "String")]
        rate: NonNegativeDecimal,
        /// The least that an order costs; 0 unless said otherwise.
        #[serde(default = "zero")]
        #[schemars(with = "String")]
        min: NonNegativeDecimal,
        /// The most that it costs, in percent of its notional; goes before `min`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        max_percent: Option<NonNegativeDecimal>,
    },
    /// Basis points by who was there first; a negative fee is a rebate.
    MakerTaker {
        /// For a LIMIT order that waited, from -10000 to 10000.
        #[schemars(with = "String")]
        maker_bps: Decimal,
        /// For all others.
        #[schemars(with = "String")]
        taker_bps: NonNegativeDecimal,
    },
    /// Basis points by the notional that an order has reached; each tier for the part that lies in it.
    Tiered(Vec<Tier>),
}

/// A step of a tiered schedule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The notional from which on it holds; 0 in the first, more in each that follows.
    #[schemars(with = "String")]
    pub from: NonNegativeDecimal,
    /// Basis points.
    #[schemars(with = "String")]
    pub bps: NonNegativeDecimal,
}

/// What the market has to do to fill a LIMIT order.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitFill {
    /// Trade through the limit.
    #[default]
    Cross,
    /// Trade at the limit.
    Touch,
}

/// The hours of the market; a bar belongs to the session in which it starts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// The market's clock: `UTC`, an offset such as `-05:00`, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`.
    pub zone: String,
    /// When it opens, as `HH:MM`.
    pub open: String,
    /// When it closes, as `HH:MM` up to `24:00`; at or before `open`: on the next day.
    pub close: String,
    /// Days without a session, as `YYYY-MM-DD`. Weekends need no mention.
    pub holidays: Vec<String>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            open: "00:00".to_owned(),
            close: "24:00".to_owned(),
            holidays: Vec::new(),
        }
    }
}

fn zero() -> NonNegativeDecimal {
    "0".parse().expect("0 is a decimal")
}

fn value(key: &'static str, value: &impl ToString, expected: &'static str) -> ConfigError {
    ConfigError::Value {
        key,
        value: value.to_string(),
        expected,
    }
}

/// Refuses more basis points than make the whole of a price.
fn points(
    key: &'static str,
    points: rust_decimal::Decimal,
) -> Result<rust_decimal::Decimal, ConfigError> {
    if points.abs() > 10_000.into() {
        return Err(value(key, &points, "use at most 10000 basis points"));
    }
    Ok(points)
}

impl Timing {
    pub(super) fn moment(&self) -> executor::Timing {
        match self {
            Self::NextOpen => executor::Timing::NextOpen,
            Self::NextClose => executor::Timing::NextClose,
            Self::SameClose => executor::Timing::SameClose,
            Self::LatencyMs(delay) => executor::Timing::Latency(u64::from(*delay) * 1_000_000),
        }
    }
}

impl Slippage {
    pub(super) fn rule(&self) -> Result<executor::Slippage, ConfigError> {
        Ok(match self {
            Self::None => executor::Slippage::None,
            Self::Bps(bps) => executor::Slippage::Bps(points("slippage.bps", bps.get())?),
            Self::Ticks { count, size } => executor::Slippage::Ticks {
                count: (*count).into(),
                size: size.get(),
            },
            Self::VolumeShare { impact, limit } => {
                let one = rust_decimal::Decimal::ONE;
                if impact.get() > one {
                    return Err(value("slippage.volume_share.impact", impact, "use 0 to 1"));
                }
                if limit.get() > one {
                    return Err(value("slippage.volume_share.limit", limit, "use 0 to 1"));
                }
                executor::Slippage::VolumeShare {
                    impact: impact.get(),
                    limit: limit.get(),
                }
            }
        })
    }
}

impl Fees {
    pub(super) fn schedule(&self) -> Result<executor::Fees, ConfigError> {
        Ok(match self {
            Self::None => executor::Fees::None,
            Self::Bps(bps) => executor::Fees::Bps(bps.get()),
            Self::PerShare {
                rate,
                min,
                max_percent,
            } => executor::Fees::PerShare {
                rate: rate.get(),
                minimum: min.get(),
                maximum_percent: max_percent.map(NonNegativeDecimal::get),
            },
            Self::MakerTaker {
                maker_bps,
                taker_bps,
            } => executor::Fees::MakerTaker {
                maker: points("fees.maker_taker.maker_bps", maker_bps.get())?,
                taker: taker_bps.get(),
            },
            Self::Tiered(tiers) => {
                let rises = tiers.windows(2).all(|pair| pair[0].from < pair[1].from);
                let starts = tiers.first().is_some_and(|tier| tier.from.get().is_zero());
                if !rises || !starts {
                    let shown: Vec<String> =
                        tiers.iter().map(|tier| tier.from.to_string()).collect();
                    let expected =
                        "let the first tier be from 0 and each other from more than the one before";
                    return Err(value("fees.tiered", &shown.join(", "), expected));
                }
                let tier = |tier: &Tier| executor::Tier {
                    from: tier.from.get(),
                    bps: tier.bps.get(),
                };
                executor::Fees::Tiered(tiers.iter().map(tier).collect())
            }
        })
    }
}

impl LimitFill {
    pub(super) const fn rule(self) -> executor::LimitFill {
        match self {
            Self::Cross => executor::LimitFill::Cross,
            Self::Touch => executor::LimitFill::Touch,
        }
    }
}

impl Session {
    pub(super) fn hours(&self) -> Result<executor::Session, ConfigError> {
        executor::Session::new(&self.zone, &self.open, &self.close, &self.holidays).map_err(
            |refused| ConfigError::Value {
                key: match refused.key {
                    "zone" => "session.zone",
                    "open" => "session.open",
                    "close" => "session.close",
                    _ => "session.holidays",
                },
                value: refused.value,
                expected: refused.expected,
            },
        )
    }
}
