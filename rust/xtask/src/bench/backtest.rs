//! `cargo xtask bench backtest`: one strategy over the same bars in Ingenium and in other engines.
//!
//! RSI(14) after Wilder; below 30 buy 10, above 70 sell all; decided at the close, filled at the next open, no fees.
//! A figure counts only next to the right answer, so every engine first has to give the known one on daily bars of
//! GOOG, and then the one that Ingenium gives on the bars that are timed.

mod answer;
mod own;
mod peer;
mod series;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use answer::{Answer, Verdict};
use peer::{PEERS, Peer};

use super::{Bench, exit, output};
use crate::console::out as say;

/// Bars that are timed.
const BARS: usize = 1_000_000;

/// How often each engine runs over them: the figure is the median.
const RUNS: usize = 3;

/// Ingenium as it is timed: the typed driver over bars in memory.
const OWN: &str = "Ingenium, typed";

/// Cash that never binds.
const CASH: &str = "1000000";

/// The known answer on the daily bars of GOOG that backtesting.py ships: closed round trips, and profit to the cent.
///
/// No position is open at its end. backtrader and backtesting.py agree on it, so it is nobody's own answer.
const GOLDEN: (u64, &str) = (9, "2653.60");

/// Measures, and prints a table; fails if an engine that is installed gives another answer.
pub(crate) fn run(root: &Path) -> ExitCode {
    exit(Bench::new(root).and_then(|bench| bench.backtest()))
}

impl Bench<'_> {
    fn backtest(&self) -> Result<(), String> {
        self.cargo(&["build", "--release", "--locked", "-p", "ingenium-cli"])?;
        let peers: Vec<(&Peer, Result<PathBuf, String>)> = PEERS
            .iter()
            .map(|peer| (peer, peer.install(self.root, &self.target)))
            .collect();

        say("\nGOOG, daily: closed round trips and profit\n");
        let goog = peers.iter().find_map(|(_, python)| {
            let python = python.as_ref().ok()?;
            peer::daily_bars(python)
        });
        let mut verdict = Verdict::default();
        if let Some(goog) = &goog {
            let own = self.command_line(goog)?;
            verdict.check("ingenium backtest", own.pair(), GOLDEN);
            verdict.check(OWN, self.in_process(goog, 1)?.pair(), GOLDEN);
            for (peer, python) in &peers {
                if let Ok(python) = python {
                    let answer = peer.run(self.root, python, goog, CASH, 1)?;
                    verdict.check(peer.name, answer.pair(), GOLDEN);
                }
            }
        } else {
            say("not checked: backtesting.py, which ships these bars, is not installed");
        }

        let series = series::file(&self.target.join("tmp"), BARS).map_err(|e| e.to_string())?;
        say(format!("\n{BARS} one-minute bars\n"));
        let own = self.in_process(&series, RUNS)?;
        verdict.check(OWN, own.pair(), own.pair());
        let mut rows = Vec::new();
        for (peer, python) in &peers {
            let answer = match python {
                Ok(python) => Ok(peer.run(self.root, python, &series, CASH, RUNS)?),
                Err(reason) => Err(reason.as_str()),
            };
            if let Ok(answer) = &answer {
                verdict.check(peer.name, answer.pair(), own.pair());
            }
            rows.push((peer.name, answer));
        }
        say(format!(
            "\n{}",
            table::markdown((OWN, &own), &rows, &verdict)
        ));
        self.own()?;
        verdict.into_result()
    }

    /// What `ingenium backtest run` reports, as a user would start it.
    fn command_line(&self, bars: &Path) -> Result<Answer, String> {
        let folder = self.target.join("tmp/backtest-goog");
        if folder.exists() {
            // A run is kept in a new folder only.
            std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        }
        let mut command = Command::new(self.target.join("release/ingenium"));
        command.args(["backtest", "run", "--quiet", "--strategy", "rsi"]);
        // The column of dates has no name.
        command.args(["--map", "date=#1", "--sizing", "fixed:10", "--cash", CASH]);
        command.arg("--data").arg(bars).arg("--out").arg(&folder);
        output(&mut command)?;
        Answer::of_report(&folder.join("report.json"))
    }

    /// The typed driver over bars that are in memory.
    fn in_process(&self, bars: &Path, runs: usize) -> Result<Answer, String> {
        let mut arguments = vec!["bench", "--locked", "-q", "-p", "ingenium-components"];
        let (bars, runs) = (bars.display().to_string(), runs.to_string());
        arguments.extend(["--bench", "peer", "--", &bars, CASH, &runs]);
        Answer::parse(&self.cargo_output(&arguments)?)
    }
}
