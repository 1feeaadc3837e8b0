//! From points, trades and sums to the statistics.

use rust_decimal::Decimal;

use super::{DrawdownPeriod, Statistics};
use crate::metric::benchmark::Pair;
use crate::metric::cost::Costs;
use crate::metric::deflated::{Estimate, deflated_sharpe, probabilistic_sharpe};
use crate::metric::drawdown::{self, Drawdown};
use crate::metric::figure::{real, reported};
use crate::metric::point::{Point, days};
use crate::metric::record::Settings;
use crate::metric::trade::Trade;
use crate::metric::{benchmark, exposure, growth, moment, profit, sharpe, sortino, tail};

/// How many drawdowns are listed.
const DEEPEST: usize = 5;

impl Statistics {
    /// The statistics of a run's points, trades and sums.
    pub(in crate::metric) fn of(
        settings: &Settings,
        points: &[Point],
        trades: &[Trade],
        costs: Costs,
    ) -> Self {
        let column = |of: fn(&Point) -> Decimal| -> Vec<f64> {
            points.iter().map(|point| real(of(point))).collect()
        };
        let equity = column(|point| point.worth.equity);
        let (gross, net) = (
            column(|point| point.worth.gross),
            column(|point| point.worth.net),
        );
        let profits: Vec<f64> = trades.iter().map(|trade| real(trade.net)).collect();
        // Without returns everything that is made of them is undefined, as it is for none.
        let returns = growth::returns(&equity).unwrap_or_default();
        let pairs = pairs(points, &returns);
        let per_year = settings.periods_per_year;
        let rate = growth::periodic_rate(settings.risk_free, per_year);
        let years = match points {
            [first, .., last] => Some(whole(days(first, last))),
            [_] => Some(0.0),
            [] => None,
        }
        .map(growth::years);
        let cagr = growth::cagr(&equity, years.unwrap_or_default());
        let falls = drawdown::drawdowns(&equity).unwrap_or_default();
        let average_drawdown = drawdown::average_drawdown(&falls);
        let drawdowns: Vec<DrawdownPeriod> = drawdown::deepest(falls, DEEPEST)
            .into_iter()
            .filter_map(|fall| period(fall, points))
            .collect();
        let max_drawdown = drawdown::max_drawdown(&equity);
        let estimate = estimate(&returns, settings);
        Self {
            points: points.len(),
            start: points.first().map(|point| point.date),
            end: points.last().map(|point| point.date),
            years: stated(years),

            total_return: stated(growth::total_return(&equity)),
            cagr: stated(cagr),
            annualized_return: stated(growth::annualized_return(&equity, per_year)),

            volatility: stated(sharpe::volatility(&returns, per_year)),
            sharpe: stated(sharpe::sharpe(&returns, settings.risk_free, per_year)),
            sharpe_geometric: stated(sharpe::sharpe_geometric(
                &returns,
                settings.risk_free,
                per_year,
            )),
            sortino: stated(sortino::sortino(
                &returns,
                settings.minimum_acceptable,
                per_year,
            )),

            max_drawdown: stated(max_drawdown),
            max_drawdown_days: drawdowns.first().map(|fall| fall.days),
            max_drawdown_recovery_days: drawdowns.first().and_then(|fall| fall.recovery_days),
            ulcer: stated(drawdown::ulcer(&equity)),
            average_drawdown: stated(average_drawdown),
            drawdowns,
            calmar: stated(
                cagr.zip(max_drawdown)
                    .and_then(|(cagr, depth)| drawdown::calmar(cagr, depth)),
            ),

            exposure_time: stated(exposure::time_in_market(&gross)),
            exposure_gross: stated(exposure::mean_exposure(&gross, &equity)),
            exposure_net: stated(exposure::mean_exposure(&net, &equity)),
            turnover: stated(
                years.and_then(|years| exposure::turnover(real(costs.traded), &equity, years)),
            ),

            trades: trades.len(),
            win_rate: stated(profit::win_rate(&profits)),
            profit_factor: stated(profit::profit_factor(&profits)),
            payoff: stated(profit::payoff(&profits)),
            expectancy: stated(profit::expectancy(&profits)),

            fees: costs.fees,
            slippage_cost: costs.slippage,
            implementation_shortfall: costs.shortfall(),

            value_at_risk: stated(tail::value_at_risk(&returns)),
            expected_shortfall: stated(tail::expected_shortfall(&returns)),
            skew: stated(moment::skew(&returns)),
            kurtosis: stated(moment::kurtosis(&returns)),
            tail_ratio: stated(tail::tail_ratio(&returns)),

            alpha: stated(rate.and_then(|rate| benchmark::alpha(&pairs, rate, per_year))),
            beta: stated(benchmark::beta(&pairs)),
            information_ratio: stated(benchmark::information_ratio(&pairs, per_year)),
            tracking_error: stated(benchmark::tracking_error(&pairs, per_year)),
            up_capture: stated(benchmark::up_capture(&pairs, per_year)),
            down_capture: stated(benchmark::down_capture(&pairs, per_year)),

            probabilistic_sharpe: stated(
                estimate.and_then(|estimate| probabilistic_sharpe(estimate, 0.0)),
            ),
            deflated_sharpe: stated(estimate.and_then(|estimate| {
                deflated_sharpe(estimate, settings.trials, settings.trial_variance)
            })),
        }
    }
}

fn stated(value: Option<f64>) -> Option<f64> {
    value.and_then(reported)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the calendar of the contract has 106,751 days"
)]
const fn whole(days: i64) -> f64 {
    days as f64
}

/// Own returns beside the benchmark's, from the first point on at which the benchmark has a price.
fn pairs(points: &[Point], returns: &[f64]) -> Vec<Pair> {
    let first = points
        .iter()
        .take_while(|point| point.benchmark.is_none())
        .count();
    let prices: Vec<f64> = points[first..]
        .iter()
        .filter_map(|point| point.benchmark.map(real))
        .collect();
    let others = growth::returns(&prices).unwrap_or_default();
    returns.iter().skip(first).copied().zip(others).collect()
}

fn period(fall: Drawdown, points: &[Point]) -> Option<DrawdownPeriod> {
    let (peak, trough) = (&points[fall.peak], &points[fall.trough]);
    let recovery = fall.recovery.map(|place| &points[place]);
    Some(DrawdownPeriod {
        depth: reported(fall.depth)?,
        peak: peak.date,
        trough: trough.date,
        recovery: recovery.map(|point| point.date),
        days: days(peak, recovery.or(points.last())?),
        recovery_days: recovery.map(|point| days(trough, point)),
    })
}

/// The Sharpe ratio and the shape of the returns that it was estimated from.
fn estimate(returns: &[f64], settings: &Settings) -> Option<Estimate> {
    let excess = sharpe::excess(returns, settings.risk_free, settings.periods_per_year)?;
    Some(Estimate {
        sharpe: sharpe::sharpe_per_period(&excess)?,
        skew: moment::skew(&excess)?,
        kurtosis: moment::kurtosis(&excess)?,
        n: excess.len(),
    })
}
