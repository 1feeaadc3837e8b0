//! `ingenium backtest run`: bars and a strategy in, a report out.

use std::fs;
use std::path::{Path, PathBuf};

use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use serde::Serialize;

use super::observe::Outcome;
use super::plan::Component;
use super::report::Report;
use super::settings::Settings;
use super::{html, observe, terminal, trades};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Run a strategy over recorded bars and measure it
///
/// Ingestor, strategy, portfolio and executor are those of `ingenium up`, in this process. Without --data it runs daily
/// bars of IBM, GOOG and FB.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium backtest run
  $ ingenium backtest run --data prices.csv=ACME --strategy rsi --param period=10 --out run-1
  $ ingenium backtest verify run-1
  $ ingenium backtest run -- python3 my_strategy.py")]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,

    /// A member of the strategy's configuration
    #[arg(long, value_name = "KEY=VALUE")]
    param: Vec<String>,

    /// Keep the plan and the reports in this new folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write the report as one page into this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,

    /// A strategy of your own, in any language: listens on PORT, posts to K_SINK or replies
    #[arg(value_name = "CMD", last = true, conflicts_with = "strategy")]
    command: Vec<String>,
}

/// How to report on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Pretty,
    /// report.json
    Json,
}

/// The plan's place in the folder of a run.
pub(crate) const PLAN: &str = "plan.json";

/// The report's place in the folder of a run.
pub(crate) const REPORT: &str = "report.json";

/// The page's place in the folder of a run.
const PAGE: &str = "report.html";

/// The round trips' place in the folder of a run.
const TRADES: &str = "trades.csv";

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    logs::install_with(&Environment::of_process(), terminal.log_filter("warn"));
    let prepared = arguments.settings.prepare(strategy(arguments)?)?;
    if let Some(folder) = &arguments.out {
        claim(folder)?;
    }
    let outcome = observe::run(&prepared)?;
    for row in &outcome.malformed {
        complain(&format!("warning: {row}; the row is left out"));
    }
    let report = Report::new(&prepared.plan, &outcome);
    if let Some(folder) = &arguments.out {
        keep(folder, &report, &outcome)?;
    }
    if let Some(file) = &arguments.html {
        html::write(
            file,
            &report,
            &outcome.measured.outcome.trades,
            &outcome.pictures,
        )?;
    }
    terminal::print(&report, arguments.format)?;
    if report.counts.late == 0 {
        return Ok(Code::Good);
    }
    complain(&format!(
        "error: {} events were emitted while no delivery to their component was open: another run may see them elsewhere",
        report.counts.late
    ));
    Ok(Code::Bad)
}

/// The strategy: one of ours by name, or the user's own command.
fn strategy(arguments: &Arguments) -> Result<Component, Failure> {
    if arguments.command.is_empty() {
        return arguments.settings.strategy(&arguments.param);
    }
    if let Some(parameter) = arguments.param.first() {
        let message =
            format!("--param `{parameter}`: a command has no parameters of ours; put it into CMD");
        return Err(Failure::new(Code::Usage, message));
    }
    Ok(Component::Command {
        role: "strategy".to_owned(),
        command: arguments.command.clone(),
    })
}

/// Writes the plan and the reports of a run.
pub(crate) fn keep(folder: &Path, report: &Report, outcome: &Outcome) -> Result<(), Failure> {
    write(&folder.join(PLAN), &report.plan)?;
    write(&folder.join(REPORT), report)?;
    let found = &outcome.measured.outcome.trades;
    trades::write(&folder.join(TRADES), found)?;
    html::write(&folder.join(PAGE), report, found, &outcome.pictures)
}

/// Makes `folder`; one that holds something already is left alone.
pub(crate) fn claim(folder: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::new(
            Code::Usage,
            format!("--out `{}`: {error}", folder.display()),
        )
    };
    fs::create_dir_all(folder).map_err(unwritable)?;
    if fs::read_dir(folder).map_err(unwritable)?.next().is_some() {
        let message = format!(
            "--out `{}` is not empty; name a new folder",
            folder.display()
        );
        return Err(Failure::new(Code::Usage, message));
    }
    Ok(())
}

pub(crate) fn write(path: &Path, document: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_vec_pretty(document).map_err(Failure::internal)?;
    json.push(b'\n');
    fs::write(path, json)
        .map_err(|error| Failure::new(Code::Usage, format!("`{}`: {error}", path.display())))
}
