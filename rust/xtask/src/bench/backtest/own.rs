//! Ingenium alone: from a file to a report, in lockstep, and runs that grow.

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

/// Bars that go to a process and wait for its answer, one after another.
const LOCKSTEP: usize = 20_000;

/// Bars that are made while they are run.
const STREAMED: [&str; 2] = ["1000000", "10000000"];

const HEAD: &str = "
| What | Bars | Seconds | Bars/s | Peak MiB |
|---|---:|---:|---:|---:|";

impl Bench<'_> {
    /// Prints a table of them.
    pub(super) fn own(&self) -> Result<(), String> {
        say(HEAD);
        let what = "`ingenium backtest run`, CSV to reports and fingerprint";
        say(row(what, FILE as f64, self.least(FILE, RUNS, &[])?, None));
        let ours = self.target.join("release/ingenium").display().to_string();
        let what = "the same in lockstep over HTTP with a strategy in a process of its own";
        let strategy = ["--", &ours, "run", "strategy/rsi"];
        say(row(
            what,
            LOCKSTEP as f64,
            self.least(LOCKSTEP, 1, &strategy)?,
            None,
        ));
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

    /// The least seconds that `backtest run` takes over so many bars.
    fn least(&self, bars: usize, runs: usize, more: &[&str]) -> Result<f64, String> {
        let file = series::file(&self.target.join("tmp"), bars).map_err(|e| e.to_string())?;
        let folder = self.target.join("tmp/backtest-own");
        let mut least = Duration::MAX;
        for _ in 0..runs {
            if folder.exists() {
                // A run is kept in a new folder only.
                std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
            }
            let mut command = Command::new(self.target.join("release/ingenium"));
            command.args(["backtest", "run", "--quiet", "--data"]);
            command.arg(&file).arg("--out").arg(&folder).args(more);
            least = least.min(time(&mut command)?);
        }
        Ok(least.as_secs_f64())
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
