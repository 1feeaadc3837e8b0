//! `ingenium backtest verify`: the same plan once more, the same fingerprint.

use std::path::{Path, PathBuf};

use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use serde_json::Value;

use super::compare::differences;
use super::observe;
use super::plan::Prepared;
use super::report::Report;
use super::run::{PLAN, REPORT};
use super::terminal::say;
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Run a kept run once more and compare
///
/// Exit status 0 means that the same bars under the same plan said the same; 1 that they did not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium backtest verify run-1")]
pub(crate) struct Arguments {
    /// The folder that `backtest run --out` has made
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    logs::install_with(&Environment::of_process(), terminal.log_filter("warn"));
    let kept = read(&arguments.run)?;
    let prepared = Prepared::read(&arguments.run.join(PLAN))?;
    let now = Report::new(&prepared.plan, &observe::run(&prepared)?);
    // Through the same text as the kept one: a number is what its digits are read as.
    let text = serde_json::to_string(&now).map_err(Failure::internal)?;
    let found = differences(
        &kept,
        &serde_json::from_str(&text).map_err(Failure::internal)?,
    );
    if found.is_empty() {
        say(&format!("same: {}", now.fingerprint));
        return Ok(Code::Good);
    }
    for (name, before, after) in found {
        complain(&format!("{name}: {before} before, {after} now"));
    }
    Ok(Code::Bad)
}

/// The report of a kept run.
pub(crate) fn read(run: &Path) -> Result<Value, Failure> {
    let path = run.join(REPORT);
    let wrong =
        |problem: String| Failure::new(Code::Usage, format!("`{}`: {problem}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let report: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if report["fingerprint"].is_string() && report["plan"].is_object() {
        return Ok(report);
    }
    Err(wrong(
        "expected the report of a backtest, which has a plan and a fingerprint".to_owned(),
    ))
}
