//! report.html: one file, no request, no script; every picture's values stand in a table as well.

mod charts;
mod facts;
mod plot;
mod tables;

use std::path::Path;

use ingenium_trading::metric::Trade;
use rust_decimal::prelude::ToPrimitive as _;

use super::data::Data;
use super::pictures::Pictures;
use super::report::Report;
use crate::exit::{Code, Failure};

const STYLE: &str = include_str!("html/page.css");

/// Writes the page into a new file.
pub(crate) fn write(
    path: &Path,
    report: &Report,
    trades: &[Trade],
    pictures: &Pictures,
) -> Result<(), Failure> {
    let page = render(report, trades, pictures)?;
    std::fs::write(path, page)
        .map_err(|error| Failure::new(Code::Usage, format!("`{}`: {error}", path.display())))
}

fn render(report: &Report, trades: &[Trade], pictures: &Pictures) -> Result<String, Failure> {
    let points = &report.points;
    let equity: Vec<f64> = points
        .iter()
        .filter_map(|point| point.worth.equity.to_f64())
        .collect();
    let returns: Vec<f64> = equity
        .windows(2)
        .filter(|pair| pair[0] > 0.0)
        .map(|pair| pair[1] / pair[0] - 1.0)
        .collect();
    let measure = &report.plan.measure;
    let data = report.plan.data.iter();
    let symbols: Vec<String> = data.map(Data::name).collect();
    let title = format!(
        "Backtest: {} over {}",
        escape(&report.plan.strategy()),
        escape(&symbols.join(", "))
    );
    let candles: String = pictures
        .symbols
        .iter()
        .map(|(symbol, picture)| charts::candles(&escape(symbol), picture))
        .collect();
    let plan = serde_json::to_string_pretty(&report.plan).map_err(Failure::internal)?;
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p>{fingerprint}</p>\n</header>\n<main>\n\
         <h2>In short</h2>\n{facts}\
         <h2>Equity</h2>\n{equity}{underwater}\
         <h2>Months</h2>\n{months}\
         <h2>Returns</h2>\n{histogram}{rolling}\
         <h2>Exposure</h2>\n{exposure}\
         <h2>Prices and fills</h2>\n{candles}\
         <h2>Trades</h2>\n{trades}\
         <h2>Days</h2>\n{days}\
         <h2>Plan</h2>\n<details><summary>What was run</summary><pre>{plan}</pre></details>\n\
         </main>\n</body>\n</html>\n",
        fingerprint = escape(&report.fingerprint),
        facts = facts::facts(report)?,
        equity = charts::equity(points, measure.benchmark.as_deref().map(escape).as_deref()),
        underwater = charts::underwater(points),
        months = tables::months(points),
        histogram = charts::histogram(&returns),
        rolling = charts::rolling_sharpe(
            points,
            &returns,
            measure.periods_per_year,
            measure.risk_free
        ),
        exposure = charts::exposure(points),
        trades = tables::trades(trades, &report.open),
        days = tables::days(points),
        plan = escape(&plan),
    ))
}

/// Text that is only text wherever it stands.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
