//! What is read rather than seen: months, trades, and every daily value as exact text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ingenium_trading::metric::{OpenTrade, Point, Trade};
use rust_decimal::prelude::ToPrimitive as _;

use super::plot::day;

/// Growth by month, a row a year.
pub(super) fn months(points: &[Point]) -> String {
    // The last equity of each month, in order.
    let mut ends: BTreeMap<(String, String), f64> = BTreeMap::new();
    for point in points {
        let date = day(point.date);
        if let (Some(year), Some(month), Some(equity)) =
            (date.get(..4), date.get(5..7), point.worth.equity.to_f64())
        {
            ends.insert((year.to_owned(), month.to_owned()), equity);
        }
    }
    let first = points.first().and_then(|point| point.worth.equity.to_f64());
    let mut before = first;
    let mut years: BTreeMap<String, (BTreeMap<String, f64>, f64)> = BTreeMap::new();
    for ((year, month), end) in &ends {
        let growth = before
            .filter(|before| *before > 0.0)
            .map(|before| end / before - 1.0);
        if let Some(growth) = growth {
            let (months, whole) = years
                .entry(year.clone())
                .or_insert_with(|| (BTreeMap::new(), 1.0));
            months.insert(month.clone(), growth);
            *whole *= 1.0 + growth;
        }
        before = Some(*end);
    }
    let deepest = years
        .values()
        .flat_map(|(months, _)| months.values())
        .fold(0.0_f64, |most, growth| most.max(growth.abs()));
    let mut rows = String::new();
    for (year, (months, whole)) in &years {
        let _ = write!(rows, "<tr><th scope=\"row\">{year}</th>");
        for month in 1..=12 {
            rows.push_str(&cell(months.get(&format!("{month:02}")).copied(), deepest));
        }
        rows.push_str(&cell(Some(whole - 1.0), f64::INFINITY));
        rows.push_str("</tr>\n");
    }
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Year",
    ];
    table(
        "Growth by month, in percent",
        &[&["Year"], &names[..]].concat(),
        &rows,
    )
}

fn cell(growth: Option<f64>, deepest: f64) -> String {
    let Some(growth) = growth else {
        return "<td></td>".to_owned();
    };
    // The colour only repeats what the sign and the digits say.
    let strength = if deepest > 0.0 {
        (growth.abs() / deepest * 60.0).round()
    } else {
        0.0
    };
    let colour = if growth < 0.0 { "--bad" } else { "--good" };
    format!(
        "<td style=\"background:color-mix(in srgb,var({colour}) {strength:.0}%,transparent)\">{:.2}</td>",
        growth * 100.0
    )
}

/// Every round trip.
pub(super) fn trades(trades: &[Trade], open: &[OpenTrade]) -> String {
    let mut rows = String::new();
    for trade in trades {
        let direction = format!("{:?}", trade.direction);
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td>{direction}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            trade.symbol,
            trade.entry_at,
            trade.exit_at,
            trade.quantity,
            trade.entry_price,
            trade.exit_price,
            trade.net,
            trade.fees,
            trade.adverse,
            trade.favorable,
            trade.bars
        );
    }
    let mut page = table(
        "Trades",
        &[
            "Symbol",
            "Direction",
            "Entry",
            "Exit",
            "Quantity",
            "Entry price",
            "Exit price",
            "Net",
            "Fees",
            "MAE",
            "MFE",
            "Bars",
        ],
        &rows,
    );
    if !open.is_empty() {
        let mut rows = String::new();
        for trade in open {
            let direction = format!("{:?}", trade.direction);
            let _ = writeln!(
                rows,
                "<tr><td>{}</td><td>{direction}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                trade.symbol,
                trade.entry_at,
                trade.quantity,
                trade.cost,
                trade.realized,
                trade.fees,
                trade.bars
            );
        }
        page.push_str("<h2>Left open</h2>\n");
        page.push_str(&table(
            "Positions left open",
            &[
                "Symbol",
                "Direction",
                "Entry",
                "Quantity",
                "Cost",
                "Realised",
                "Fees",
                "Bars",
            ],
            &rows,
        ));
    }
    page
}

/// Every daily value, as exact text.
pub(super) fn days(points: &[Point]) -> String {
    let mut rows = String::new();
    for point in points {
        let benchmark = point
            .benchmark
            .map_or_else(String::new, |close| close.normalize().to_string());
        let worth = &point.worth;
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{benchmark}</td></tr>",
            day(point.date),
            worth.equity.normalize(),
            worth.gross.normalize(),
            worth.net.normalize()
        );
    }
    let table = table(
        "Daily values",
        &["Day", "Equity", "Gross", "Net", "Benchmark"],
        &rows,
    );
    format!(
        "<details><summary>All {} daily values, exact</summary>{table}</details>\n",
        points.len()
    )
}

fn table(caption: &str, names: &[&str], rows: &str) -> String {
    let names: String = names
        .iter()
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .collect();
    format!(
        "<div class=\"rows\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><thead><tr>{names}</tr></thead>\n\
         <tbody>{rows}</tbody></table></div>\n"
    )
}
