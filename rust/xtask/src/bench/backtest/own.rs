//! Ingenium alone: from a file to a report, and runs that grow.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::series;
use crate::bench::{Bench, output, time};
use crate::console::out as say;

/// Bars from a file to a report.
const FILE: usize = 100_000;

/// How often: the figure is the least, as everything that disturbs such a short run makes it longer.
const RUNS: usize = 10;

/// Bars that are made while they are run.
const STREAMED: [&str; 2] = ["1000000", "10000000"];

const HEAD: &str = "
| What | Bars | Seconds | Bars/s | Peak MiB |
|---|---:|---:|---:|---:|";

impl Bench<'_> {
    /// Prints a table of them.
    pub(super) fn own(&self) -> Result<(), String> {
        say(HEAD);
        let file = series::file(&self.target.join("tmp"), FILE).map_err(|e| e.to_string())?;
        let folder = self.target.join("tmp/backtest-own");
        let mut least = Duration::MAX;
        for _ in 0..RUNS {
            if folder.exists() {
                // A run is kept in a new folder only.
                std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
            }
            let mut command = Command::new(self.target.join("release/ingenium"));
            command.args(["backtest", "run", "--quiet", "--data"]);
            command.arg(&file).arg("--out").arg(&folder);
            least = least.min(time(&mut command)?);
        }
        let what = "`ingenium backtest run`, CSV to reports and fingerprint";
        say(row(what, FILE as f64, least.as_secs_f64(), None));
        for bars in STREAMED {
            // One process a length: its peak is its own.
            let mut command = Command::new(env!("CARGO"));
            command.args(["bench", "--locked", "-q", "-p", "ingenium-components"]);
            command.args(["--bench", "steady", "--", bars]);
            let line = output(command.current_dir(self.root))?;
            let figures: Value =
                serde_json::from_str(line.trim()).map_err(|error| format!("`{line}`: {error}"))?;
            let figure = |name: &str| figures[name].as_f64().unwrap_or_default();
            say(row(
                "typed, streamed, with fees",
                figure("bars"),
                figure("seconds"),
                Some(figure("peak_kib")),
            ));
        }
        Ok(())
    }
}

fn row(what: &str, bars: f64, seconds: f64, peak_kib: Option<f64>) -> String {
    let peak = peak_kib.map(|kib| format!("{:.0}", kib / 1024.0));
    format!(
        "| {what} | {bars:.0} | {seconds:.3} | {:.0} | {} |",
        bars / seconds,
        peak.unwrap_or_default()
    )
}
