//! The report for a person at a terminal.

use std::io::Write as _;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::report::Report;
use super::run::Format;
use crate::exit::Failure;

/// Writes `report` to stdout.
pub(crate) fn print(report: &Report, format: Format) -> Result<(), Failure> {
    let text = match format {
        Format::Json => serde_json::to_string_pretty(report).map_err(Failure::internal)?,
        Format::Pretty => pretty(report),
    };
    say(&text);
    Ok(())
}

/// Writes a line to stdout.
pub(crate) fn say(text: &str) {
    // Whoever has stopped reading does not want to hear about it.
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

fn pretty(report: &Report) -> String {
    let (counts, found) = (&report.counts, &report.statistics);
    let equity: Vec<Decimal> = report
        .points
        .iter()
        .map(|point| point.worth.equity)
        .collect();
    let days = |days: Option<i64>| {
        days.map_or_else(|| UNDEFINED.to_owned(), |days| format!("{days} days"))
    };
    let rows = [
        (
            "bars",
            counts.bars.to_string(),
            "signals",
            counts.signals.to_string(),
        ),
        (
            "orders",
            counts.orders.to_string(),
            "executions",
            counts.executions.to_string(),
        ),
        ("cash", report.cash.clone(), "equity", report.equity.clone()),
        (
            "total return",
            percent(found.total_return),
            "CAGR",
            percent(found.cagr),
        ),
        (
            "volatility",
            percent(found.volatility),
            "Sharpe",
            ratio(found.sharpe),
        ),
        (
            "max drawdown",
            percent(found.max_drawdown),
            "lasted",
            days(found.max_drawdown_days),
        ),
        (
            "Sortino",
            ratio(found.sortino),
            "Calmar",
            ratio(found.calmar),
        ),
        (
            "trades",
            found.trades.to_string(),
            "win rate",
            percent(found.win_rate),
        ),
        (
            "profit factor",
            ratio(found.profit_factor),
            "expectancy",
            ratio(found.expectancy),
        ),
        (
            "fees",
            found.fees.normalize().to_string(),
            "time in market",
            percent(found.exposure_time),
        ),
    ];
    let mut lines = vec![format!("  {}", sparkline(&equity, WIDTH)), String::new()];
    lines.extend(rows.iter().map(|(name, value, other, theirs)| {
        format!("  {name:<14} {value:>14}   {other:<14} {theirs:>14}")
    }));
    if counts.malformed > 0 {
        lines.push(format!("  malformed rows {:>14}", counts.malformed));
    }
    lines.push(format!("  fingerprint    {}", report.fingerprint));
    lines.join("\n")
}

/// What is undefined is no number.
const UNDEFINED: &str = "undefined";

/// As wide as the rows below it.
const WIDTH: usize = 61;

fn percent(share: Option<f64>) -> String {
    share.map_or_else(
        || UNDEFINED.to_owned(),
        |share| format!("{:.2} %", share * 100.0),
    )
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_owned(), |value| format!("{value:.2}"))
}

/// A line of at most `width` blocks, each the last value of its share of the series.
fn sparkline(series: &[Decimal], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let values: Vec<f64> = series.iter().filter_map(Decimal::to_f64).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let span = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
    let shown = width.min(values.len());
    (1..=shown)
        .filter_map(|place| values.get(place * values.len() / shown - 1))
        .map(|value| {
            let height = if span > 0.0 {
                (value - low) / span
            } else {
                0.0
            };
            let step = (0_u8..8)
                .rev()
                .find(|step| height * 8.0 >= f64::from(*step));
            BLOCKS[usize::from(step.unwrap_or_default())]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_becomes_blocks() {
        for (series, width, expected) in [
            (&[][..], 5, ""),
            (&[7], 5, "▁"),
            (&[7, 7, 7], 5, "▁▁▁"),
            (&[0, 1, 2, 3, 4, 5, 6, 8], 8, "▁▂▃▄▅▆▇█"),
            (&[0, 9, 4, 6], 2, "█▆"),
        ] {
            let series: Vec<Decimal> = series.iter().copied().map(Decimal::from).collect();
            assert_eq!(sparkline(&series, width), expected, "{series:?}");
        }
    }
}
