//! `ingenium backtest run`: bars and a strategy in, a report out.

use std::fs;
use std::path::{Path, PathBuf};

use ingenium_components::{ConfigError, RunError, executor, portfolio};
use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use ingenium_types::scalar::NonNegativeDecimal;
use serde::Serialize;
use serde_json::{Map, Value};

use super::plan::{Component, Prepared};
use super::report::Report;
use super::{observe, terminal};
use crate::command::bars;
use crate::command::up::settings::{parse, parse_sizing};
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
    /// Bars to run, Yahoo-style columns; the symbol is the file's name unless given
    #[arg(long, value_name = "FILE[=SYMBOL]")]
    data: Vec<String>,

    /// Take only the first N bars of each file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    bars: Option<u32>,

    /// The strategy, as in `ingenium run strategy/NAME`
    #[arg(long, value_name = "NAME", default_value = "rsi")]
    strategy: String,

    /// A member of the strategy's configuration
    #[arg(long, value_name = "KEY=VALUE")]
    param: Vec<String>,

    /// Cash at the start
    #[arg(long, value_name = "AMOUNT", default_value = "100000")]
    cash: String,

    /// How much to buy: `percent-equity:SHARE` or `fixed:QUANTITY`
    #[arg(long, value_name = "RULE", default_value = "percent-equity:0.30")]
    sizing: String,

    /// Fee in basis points of each fill
    #[arg(long, value_name = "BPS", default_value = "0")]
    fee_bps: String,

    /// Keep the plan and the reports in this new folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

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

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    logs::install_with(&Environment::of_process(), terminal.log_filter("warn"));
    let prepared = prepare(arguments)?;
    if let Some(folder) = &arguments.out {
        claim(folder)?;
    }
    let outcome = observe::run(&prepared)?;
    for row in &outcome.malformed {
        complain(&format!("warning: {row}; the row is left out"));
    }
    let report = Report::new(&prepared.plan, &outcome);
    if let Some(folder) = &arguments.out {
        write(&folder.join(PLAN), &prepared.plan)?;
        write(&folder.join(REPORT), &report)?;
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

fn prepare(arguments: &Arguments) -> Result<Prepared, Failure> {
    let cash: NonNegativeDecimal = parse("--cash", &arguments.cash)?;
    let fee_bps: NonNegativeDecimal = parse("--fee-bps", &arguments.fee_bps)?;
    let executor = executor::Config {
        fee_bps,
        ..executor::Config::default()
    };
    let portfolio = portfolio::Config {
        initial_cash: cash,
        sizing: parse_sizing(&arguments.sizing)?,
        fee_bps,
        ..portfolio::Config::default()
    };
    let components = vec![
        Component::Reference {
            name: "executor/paper".to_owned(),
            config: serde_json::to_value(executor).map_err(Failure::internal)?,
        },
        Component::Reference {
            name: "portfolio/long-only".to_owned(),
            config: serde_json::to_value(portfolio).map_err(Failure::internal)?,
        },
        strategy(arguments)?,
    ];
    let bars = bars::read("--data", &arguments.data)?;
    Prepared::new(bars, arguments.bars, &cash, components)
}

/// The strategy: one of ours by name, or the user's own command.
fn strategy(arguments: &Arguments) -> Result<Component, Failure> {
    if !arguments.command.is_empty() {
        if let Some(parameter) = arguments.param.first() {
            let message = format!(
                "--param `{parameter}`: a command has no parameters of ours; put it into CMD"
            );
            return Err(Failure::new(Code::Usage, message));
        }
        return Ok(Component::Command {
            role: "strategy".to_owned(),
            command: arguments.command.clone(),
        });
    }
    let name = format!("strategy/{}", arguments.strategy);
    let config = parameters(&name, &arguments.param)?;
    Ok(Component::Reference { name, config })
}

/// A configuration of the parameters: each value is a text where the configuration wants one, else JSON.
fn parameters(name: &str, given: &[String]) -> Result<Value, Failure> {
    let mut config = Map::new();
    for parameter in given {
        let wrong =
            |problem: &str| Failure::new(Code::Usage, format!("--param `{parameter}`: {problem}"));
        let (key, value) = parameter
            .split_once('=')
            .ok_or_else(|| wrong("expected KEY=VALUE, such as period=10"))?;
        if config.contains_key(key) {
            return Err(wrong("the key was given before"));
        }
        let text = Value::String(value.to_owned());
        let candidates = [Some(text), serde_json::from_str(value).ok()];
        let mut problem = String::new();
        let fitting = candidates.into_iter().flatten().find(|candidate| {
            let alone = Value::Object(Map::from_iter([(key.to_owned(), candidate.clone())]));
            match ingenium_components::actor(name, &alone) {
                // Whether values go together is asked of all of them, later.
                Ok(_) | Err(RunError::Config(ConfigError::Value { .. })) => true,
                Err(error) => {
                    problem = error.to_string();
                    false
                }
            }
        });
        config.insert(key.to_owned(), fitting.ok_or_else(|| wrong(&problem))?);
    }
    Ok(Value::Object(config))
}

/// Makes `folder`; one that holds something already is left alone.
fn claim(folder: &Path) -> Result<(), Failure> {
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

fn write(path: &Path, document: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_vec_pretty(document).map_err(Failure::internal)?;
    json.push(b'\n');
    fs::write(path, json)
        .map_err(|error| Failure::new(Code::Usage, format!("`{}`: {error}", path.display())))
}
