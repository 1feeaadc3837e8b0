//! Statistics of a backtest.
//!
//! The statistics are functions over daily equity, its returns, and the trades' profits; each says what it measures, in
//! which unit, and when it is `None`. What is undefined is `None`: never NaN, infinite, or a zero that stands for
//! "unknown".
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

#![expect(
    clippy::float_arithmetic,
    reason = "ratios are no money: they are derived from exact amounts and never flow back into one"
)]

mod figure;
mod normal;

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
