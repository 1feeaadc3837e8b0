//! The pictures of a run over time.

use std::fmt::Write as _;

use ingenium_trading::metric::{Point, moment};
use ingenium_types::event::OrderSide;
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::plot::{HEIGHT, Plot, day, figure};
use crate::command::backtest::pictures::Picture;

/// Days in a rolling window.
const WINDOW: usize = 126;

/// Candles beside each other that can still be told apart.
const MOST_CANDLES: usize = 240;

/// Equity, and the benchmark as if all had been put into it.
pub(super) fn equity(points: &[Point], benchmark: Option<&str>) -> String {
    let equity: Vec<Option<f64>> = points
        .iter()
        .map(|point| point.worth.equity.to_f64())
        .collect();
    let theirs: Vec<Option<f64>> = points
        .iter()
        .map(|point| point.benchmark.and_then(|close| close.to_f64()))
        .collect();
    let start = equity
        .iter()
        .zip(&theirs)
        .find_map(|(ours, theirs)| Some((*ours)? / (*theirs)?));
    let theirs: Vec<Option<f64>> = theirs
        .iter()
        .map(|close| Some((*close)? * start?))
        .collect();
    let plot = Plot::over(
        equity.iter().chain(&theirs).flatten().copied(),
        points.len(),
    );
    let lines = plot.line("one", &equity) + &plot.line("two", &theirs);
    let caption = match benchmark {
        Some(symbol) => format!("Equity (solid), and {symbol} from the same start (dashed)"),
        None => "Equity".to_owned(),
    };
    figure(
        &caption,
        &(plot.axes(&dates(points), |value| format!("{value:.0}")) + &lines),
    )
}

/// How far equity is below its former peak.
pub(super) fn underwater(points: &[Point]) -> String {
    let mut peak = f64::NEG_INFINITY;
    let depths = points
        .iter()
        .filter_map(|point| point.worth.equity.to_f64())
        .map(|equity| {
            peak = peak.max(equity);
            if peak > 0.0 { equity / peak - 1.0 } else { 0.0 }
        });
    let depths: Vec<f64> = depths.collect();
    let plot = Plot::over(depths.iter().copied().chain([0.0]), depths.len());
    let inside = plot.axes(&dates(points), percent) + &plot.area("under", &depths, 0.0);
    figure("Below the former peak", &inside)
}

/// How often each size of daily return came up.
pub(super) fn histogram(returns: &[f64]) -> String {
    const BINS: usize = 41;
    let reach = returns
        .iter()
        .fold(0.0_f64, |reach, value| reach.max(value.abs()))
        .max(1e-9);
    let mut counts = [0_usize; BINS];
    for value in returns {
        let place = ((value / reach + 1.0) / 2.0 * (BINS - 1) as f64).round();
        counts[(place as usize).min(BINS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or_default();
    let plot = Plot::over([0.0, highest.max(1) as f64], BINS + 1);
    let mut inside = plot.axes(&[], |value| format!("{value:.0}"));
    for (index, count) in counts.iter().enumerate() {
        let (top, bottom) = (plot.y(*count as f64), plot.y(0.0));
        let middle = (index as f64 / (BINS - 1) as f64 * 2.0 - 1.0) * reach;
        let _ = write!(
            inside,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{count} days around {}</title></rect>",
            plot.x(index) + 1.0,
            (plot.step() - 2.0).max(1.0),
            bottom - top,
            percent(middle)
        );
    }
    for (index, anchor) in [(0, "start"), (BINS / 2, "middle"), (BINS - 1, "end")] {
        let middle = (index as f64 / (BINS - 1) as f64 * 2.0 - 1.0) * reach;
        let x = plot.x(index) + plot.step() / 2.0;
        let _ = write!(
            inside,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            HEIGHT - 8.0,
            percent(middle)
        );
    }
    figure("Days by their return", &inside)
}

/// The Sharpe ratio of the last half year, day by day.
pub(super) fn rolling_sharpe(
    points: &[Point],
    returns: &[f64],
    periods: f64,
    risk_free: f64,
) -> String {
    let free = (1.0 + risk_free).powf(1.0 / periods) - 1.0;
    let mut ratios: Vec<Option<f64>> = vec![None; WINDOW.min(points.len())];
    ratios.extend(returns.windows(WINDOW).map(|window| {
        let deviation = moment::deviation(window).filter(|deviation| *deviation > 0.0)?;
        Some((moment::mean(window)? - free) / deviation * periods.sqrt())
    }));
    ratios.truncate(points.len());
    let plot = Plot::over(ratios.iter().flatten().copied().chain([0.0]), points.len());
    let inside =
        plot.axes(&dates(points), |value| format!("{value:.1}")) + &plot.line("one", &ratios);
    figure(
        &format!("Sharpe ratio of the last {WINDOW} days; a gap where nothing moved"),
        &inside,
    )
}

/// How much of the equity is in the market.
pub(super) fn exposure(points: &[Point]) -> String {
    let share = |value: Decimal, equity: Decimal| {
        let (value, equity) = (value.to_f64()?, equity.to_f64()?);
        (equity > 0.0).then(|| value / equity)
    };
    let gross: Vec<Option<f64>> = points
        .iter()
        .map(|point| share(point.worth.gross, point.worth.equity))
        .collect();
    let net: Vec<Option<f64>> = points
        .iter()
        .map(|point| share(point.worth.net, point.worth.equity))
        .collect();
    let plot = Plot::over(
        gross.iter().chain(&net).flatten().copied().chain([0.0]),
        points.len(),
    );
    let lines = plot.line("one", &gross) + &plot.line("two", &net);
    figure(
        "Exposure: gross (solid) and net (dashed)",
        &(plot.axes(&dates(points), percent) + &lines),
    )
}

/// Candles with the fills upon them.
pub(super) fn candles(symbol: &str, picture: &Picture) -> String {
    let candles = picture.coarse(MOST_CANDLES);
    let value = |price: Decimal| price.to_f64().unwrap_or_default();
    let reach = candles
        .iter()
        .flat_map(|candle| [value(candle.low), value(candle.high)]);
    let plot = Plot::over(
        reach.chain(picture.fills.iter().map(|fill| value(fill.price))),
        candles.len(),
    );
    let starts: Vec<UtcTimestamp> = candles.iter().map(|candle| candle.start).collect();
    let mut inside = plot.axes(&starts, |value| format!("{value:.0}"));
    let width = (plot.step() * 0.6).max(1.0);
    for (index, candle) in candles.iter().enumerate() {
        let (x, open, close) = (
            plot.x(index),
            plot.y(value(candle.open)),
            plot.y(value(candle.close)),
        );
        let class = if candle.close < candle.open {
            "down"
        } else {
            "up"
        };
        let _ = write!(
            inside,
            "<g class=\"{class}\"><line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/></g>",
            plot.y(value(candle.high)),
            plot.y(value(candle.low)),
            x - width / 2.0,
            open.min(close),
            (open - close).abs().max(0.5)
        );
    }
    for fill in &picture.fills {
        let after = starts.partition_point(|start| *start <= fill.at);
        let (x, y) = (plot.x(after.saturating_sub(1)), plot.y(value(fill.price)));
        // A triangle from below for what was bought, from above for what was sold.
        let (class, word, tip) = match fill.side {
            OrderSide::Buy => ("buy", "bought", 9.0),
            OrderSide::Sell => ("sell", "sold", -9.0),
        };
        let _ = write!(
            inside,
            "<path class=\"{class}\" d=\"M{x:.1} {y:.1}l-5 {tip}h10Z\"><title>{word} at {} on {}</title></path>",
            fill.price.normalize(),
            day(fill.at)
        );
    }
    let (bought, sold) =
        picture
            .fills
            .iter()
            .fold((0, 0), |(bought, sold), fill| match fill.side {
                OrderSide::Buy => (bought + 1, sold),
                OrderSide::Sell => (bought, sold + 1),
            });
    figure(
        &format!("{symbol}: {bought} times bought (triangles below), {sold} times sold (above)"),
        &inside,
    )
}

fn dates(points: &[Point]) -> Vec<UtcTimestamp> {
    points.iter().map(|point| point.date).collect()
}

/// A share in percent, with as many decimals as it takes.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent.abs() >= 10.0 || percent == 0.0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}
