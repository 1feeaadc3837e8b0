//! Statistics of a backtest.
//!
//! A [`Recorder`] listens to a run: bars, fills, and what the account is worth. It keeps the last state of each UTC day
//! and the round trips, nothing a bar, and answers with an [`Outcome`]. The statistics are functions over daily equity,
//! its returns, and the trades' profits; each says what it measures, in which unit, and when it is `None`. What is
//! undefined is `None`: never NaN, infinite, or a zero that stands for "unknown".
//!
//! | Module | Holds |
//! |---|---|
//! | [`growth`] | total return, compound annual growth, annualised return |
//! | [`moment`] | mean, sample deviation, skew, excess kurtosis |
//! | [`sharpe`], [`sortino`] | volatility, return by risk |
//! | [`drawdown`] | falls from a peak, Ulcer index, Calmar ratio |
//! | [`tail`] | value at risk, expected shortfall, tail ratio |
//! | [`benchmark`] | alpha, beta, tracking error, information ratio, capture |
//! | [`deflated`] | probabilistic and deflated Sharpe ratio |
//! | [`exposure`] | time in the market, gross and net exposure, turnover |
//! | [`profit`] | win rate, profit factor, payoff, expectancy |
//!
//! Money is exact ([`Trade`], fees, costs); ratios are `f64`, rounded to twelve significant digits in [`Statistics`].

#![expect(
    clippy::float_arithmetic,
    reason = "ratios are no money: they are derived from exact amounts and never flow back into one"
)]

mod cost;
mod figure;
mod normal;
mod point;
mod record;
mod round_trip;
mod statistics;
mod trade;

pub mod benchmark;
pub mod deflated;
pub mod drawdown;
pub mod exposure;
pub mod growth;
pub mod moment;
pub mod profit;
pub mod sharpe;
pub mod sortino;
pub mod tail;

pub use point::{Point, Worth};
pub use record::{Outcome, Prices, Recorder, Settings};
pub use statistics::{DrawdownPeriod, Statistics};
pub use trade::{Direction, Fill, OpenTrade, Trade};
