//! The statistics of a run in one place.

mod summary;

use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// The statistics of a run.
///
/// Shares are of one (0.1 is ten percent), amounts in the account's currency, numbers rounded to twelve significant
/// digits. What is undefined is `None` (JSON `null`), never NaN, infinite or a stand-in zero. All returns are between
/// daily points; everything that needs them is `None` with fewer than two points, or once an equity of zero or less is
/// followed by another point.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Statistics {
    /// The number of daily points.
    pub points: usize,
    /// The day of the first point; `None` without points.
    #[schemars(with = "Option<String>")]
    pub start: Option<UtcTimestamp>,
    /// The day of the last point; `None` without points.
    #[schemars(with = "Option<String>")]
    pub end: Option<UtcTimestamp>,
    /// Years of 365 days from the first point to the last; `None` without points.
    pub years: Option<f64>,

    /// Growth from the first point to the last, a share.
    pub total_return: Option<f64>,
    /// Growth a calendar year, a share; `None` as well for no time.
    pub cagr: Option<f64>,
    /// Growth in as many returns as a year has periods, a share.
    pub annualized_return: Option<f64>,

    /// Deviation of returns a year, a share; `None` for fewer than two returns.
    pub volatility: Option<f64>,
    /// Sharpe ratio a year; `None` for fewer than two returns or where all are the same.
    pub sharpe: Option<f64>,
    /// LEAN's Sharpe ratio, for comparison only; `None` as `sharpe`.
    pub sharpe_geometric: Option<f64>,
    /// Sortino ratio a year; `None` where no return falls short.
    pub sortino: Option<f64>,

    /// The deepest fall below a former peak, a share of zero or less; `None` where there is no point or the first is
    /// not above zero.
    pub max_drawdown: Option<f64>,
    /// Days from its peak to its recovery, or to the last point where it has not recovered; `None` without a fall.
    pub max_drawdown_days: Option<i64>,
    /// Days from its trough to its recovery; `None` without a fall or where it has not recovered.
    pub max_drawdown_recovery_days: Option<i64>,
    /// Ulcer index: root of the mean square of the depth below the peak, a share; `None` as `max_drawdown`.
    pub ulcer: Option<f64>,
    /// Mean depth of the falls, a share below zero; `None` without a fall.
    pub average_drawdown: Option<f64>,
    /// The five deepest falls, deepest first.
    pub drawdowns: Vec<DrawdownPeriod>,
    /// `cagr` by the size of `max_drawdown`; `None` without a fall.
    pub calmar: Option<f64>,

    /// Share (0 to 1) of points with any position; `None` without points.
    pub exposure_time: Option<f64>,
    /// Mean of gross market value by equity, a share; `None` where an equity is not above zero.
    pub exposure_gross: Option<f64>,
    /// Mean of net market value by equity, a share, below zero where short; `None` as `exposure_gross`.
    pub exposure_net: Option<f64>,
    /// Half of all notionals by mean equity a year; `None` for no time.
    pub turnover: Option<f64>,

    /// The number of round trips.
    pub trades: usize,
    /// Share (0 to 1) of trades with a profit after fees; `None` without trades.
    pub win_rate: Option<f64>,
    /// Profits by losses of trades after fees; `None` without a loss.
    pub profit_factor: Option<f64>,
    /// Mean profit by mean loss; `None` without a profit or without a loss.
    pub payoff: Option<f64>,
    /// Mean profit of a trade after fees, an amount; `None` without trades.
    pub expectancy: Option<f64>,

    /// All commissions, exact.
    #[schemars(with = "String")]
    pub fees: Decimal,
    /// What fills were worse than the prices decided on, exact, below zero where better; `None` where a fill came
    /// without such a price.
    #[schemars(with = "Option<String>")]
    pub slippage_cost: Option<Decimal>,
    /// Implementation shortfall of what was filled: slippage and fees, exact; `None` as `slippage_cost`.
    #[schemars(with = "Option<String>")]
    pub implementation_shortfall: Option<Decimal>,

    /// The 5th percentile of returns (historical, type 7), a share, below zero for a loss.
    #[serde(rename = "var95")]
    pub value_at_risk: Option<f64>,
    /// The mean of the returns at or below it, a share.
    #[serde(rename = "cvar95")]
    pub expected_shortfall: Option<f64>,
    /// Skew of returns, corrected for bias; `None` for fewer than three or where all are the same.
    pub skew: Option<f64>,
    /// Excess kurtosis of returns, corrected for bias; `None` for fewer than four or where all are the same.
    pub kurtosis: Option<f64>,
    /// Size of the 95th percentile by that of the 5th; `None` where that is zero.
    pub tail_ratio: Option<f64>,

    /// Jensen's alpha a year against the benchmark, a share; `None` as `beta`.
    pub alpha: Option<f64>,
    /// Slope of returns over the benchmark's; `None` without a benchmark, for fewer than two returns, or where the
    /// benchmark's are all the same.
    pub beta: Option<f64>,
    /// Mean difference from the benchmark's returns by its deviation, a year; `None` without a benchmark or where all
    /// differences are the same.
    pub information_ratio: Option<f64>,
    /// Deviation of that difference a year, a share; `None` without a benchmark or for fewer than two returns.
    pub tracking_error: Option<f64>,
    /// Annualised return by the benchmark's where that rose; `None` without a benchmark or where it never rose.
    pub up_capture: Option<f64>,
    /// Annualised return by the benchmark's where that fell; `None` without a benchmark or where it never fell.
    pub down_capture: Option<f64>,

    /// Probabilistic Sharpe ratio: the probability that the true one is above zero; `None` for fewer than four returns
    /// or where all are the same.
    #[serde(rename = "psr")]
    pub probabilistic_sharpe: Option<f64>,
    /// Deflated Sharpe ratio: the same although it is the best of several trials; `None` as well for no trials.
    #[serde(rename = "dsr")]
    pub deflated_sharpe: Option<f64>,
}

/// A fall below a former peak, by dates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct DrawdownPeriod {
    /// The deepest point against the peak, a share below zero.
    pub depth: f64,
    /// The last day at the peak.
    #[schemars(with = "String")]
    pub peak: UtcTimestamp,
    /// The first of the deepest days.
    #[schemars(with = "String")]
    pub trough: UtcTimestamp,
    /// The first day back at the peak or above; `None` where there is none.
    #[schemars(with = "Option<String>")]
    pub recovery: Option<UtcTimestamp>,
    /// Days from the peak to the recovery, or to the last point where there is none.
    pub days: i64,
    /// Days from the trough to the recovery; `None` where there is none.
    pub recovery_days: Option<i64>,
}
