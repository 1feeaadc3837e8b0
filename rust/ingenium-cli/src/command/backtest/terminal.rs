//! The report for a person at a terminal.

use std::io::Write as _;

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
    let counts = &report.counts;
    let rows = [
        ("malformed", counts.malformed.to_string()),
        ("bars", counts.bars.to_string()),
        ("signals", counts.signals.to_string()),
        ("orders", counts.orders.to_string()),
        ("executions", counts.executions.to_string()),
        ("cash", report.cash.clone()),
        ("equity", report.equity.clone()),
    ];
    let mut lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("  {name:<12} {value:>14}"))
        .collect();
    lines.push(format!("  fingerprint  {}", report.fingerprint));
    lines.join("\n")
}
