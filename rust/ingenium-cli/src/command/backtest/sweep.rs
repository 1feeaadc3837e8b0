//! `ingenium backtest sweep`: one strategy with many configurations, on all cores.

use std::cmp::Ordering;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering as Memory};

use ingenium_runtime::environment::Environment;
use ingenium_runtime::logs;
use ingenium_trading::metric::moment;
use schemars::JsonSchema;
use serde::Serialize;

use super::observe::{self, Outcome};
use super::parameter::values;
use super::plan::Prepared;
use super::report::Report;
use super::run::{Format, claim, keep, write};
use super::settings::Settings;
use super::terminal::say;
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Run a strategy with many configurations and rank them by Sharpe ratio
///
/// The best of many looks good by chance alone: its deflated Sharpe ratio is the probability that it is not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium backtest sweep --param period=5..20:1 --param oversold=20..35:5 --out sweep-1")]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,

    /// A member of the strategy's configuration: one value, or all from A to B
    #[arg(long, value_name = "KEY=A..B:STEP", required = true)]
    param: Vec<String>,

    /// Keep the ranking, and the best run with its reports, in this new folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

/// The ranking's place in the folder of a sweep.
const SWEEP: &str = "sweep.json";

/// No sweep has more runs.
const MOST_TRIALS: usize = 1_000_000;

/// The ranking.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Backtest sweep", deny_unknown_fields)]
pub(crate) struct Sweep {
    /// How many configurations were run.
    pub(crate) trials: u32,
    /// The variance of their Sharpe ratios, a period; null for fewer than two that have one.
    pub(crate) trial_variance: Option<f64>,
    /// The deflated Sharpe ratio of the best, given that it is the best of so many; null where undefined.
    pub(crate) deflated_sharpe: Option<f64>,
    /// Every configuration, the best first; those without a Sharpe ratio last.
    pub(crate) ranking: Vec<Trial>,
}

/// One configuration and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Trial {
    /// The parameters, `KEY=VALUE`.
    pub(crate) parameters: Vec<String>,
    /// Sharpe ratio a year; null where undefined.
    pub(crate) sharpe: Option<f64>,
    /// Growth from the first point to the last, a share.
    pub(crate) total_return: Option<f64>,
    /// The deepest fall below a former peak, a share of zero or less.
    pub(crate) max_drawdown: Option<f64>,
    /// The number of round trips.
    pub(crate) trades: usize,
    /// Cash and market value at the end, an exact decimal.
    pub(crate) equity: String,
    /// The fingerprint of the run.
    pub(crate) fingerprint: String,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    logs::install_with(&Environment::of_process(), terminal.log_filter("warn"));
    let grid = grid(&arguments.param)?;
    let prepared = prepare(&arguments.settings, &grid)?;
    if let Some(folder) = &arguments.out {
        claim(folder)?;
    }
    let mut ranking: Vec<(usize, Trial)> =
        run_all(&prepared, &grid)?.into_iter().enumerate().collect();
    let periods = arguments.settings.periods_per_year();
    let sharpes = ranking.iter().filter_map(|(_, trial)| trial.sharpe);
    let sharpes: Vec<f64> = sharpes.map(|sharpe| sharpe / periods.sqrt()).collect();
    let trial_variance = moment::deviation(&sharpes).map(|deviation| deviation * deviation);
    ranking.sort_by(|(a, one), (b, other)| better(one, other).then(a.cmp(b)));
    let Some((best, _)) = ranking.first() else {
        return Err(Failure::new(Code::Usage, "there is nothing to run"));
    };
    let trials = u32::try_from(ranking.len()).unwrap_or(u32::MAX);
    // The best run once more, measured as the best of so many.
    let best_run = prepared[*best].among(trials, trial_variance);
    let outcome = observe::run(&best_run)?;
    for row in &outcome.malformed {
        complain(&format!("warning: {row}; the row is left out"));
    }
    let report = Report::new(&best_run.plan, &outcome);
    let sweep = Sweep {
        trials,
        trial_variance,
        deflated_sharpe: report.statistics.deflated_sharpe,
        ranking: ranking.into_iter().map(|(_, trial)| trial).collect(),
    };
    if let Some(folder) = &arguments.out {
        write(&folder.join(SWEEP), &sweep)?;
        keep(folder, &report, &outcome)?;
    }
    match arguments.format {
        Format::Json => say(&serde_json::to_string_pretty(&sweep).map_err(Failure::internal)?),
        Format::Pretty => say(&pretty(&sweep)),
    }
    Ok(Code::Good)
}

/// A run for each combination, all over the same bars.
fn prepare(settings: &Settings, grid: &[Vec<String>]) -> Result<Vec<Prepared>, Failure> {
    let mut runs: Vec<Prepared> = Vec::with_capacity(grid.len());
    for parameters in grid {
        let strategy = settings.strategy(parameters)?;
        runs.push(match runs.first() {
            None => settings.prepare(strategy)?,
            Some(first) => first.with_strategy(strategy)?,
        });
    }
    Ok(runs)
}

/// Every combination of the parameters' values.
fn grid(parameters: &[String]) -> Result<Vec<Vec<String>>, Failure> {
    let mut grid = vec![Vec::new()];
    for parameter in parameters {
        let values = values(parameter)?;
        if grid.len().saturating_mul(values.len()) > MOST_TRIALS {
            let message = format!("more than {MOST_TRIALS} configurations; use larger steps");
            return Err(Failure::new(Code::Usage, message));
        }
        grid = grid
            .iter()
            .flat_map(|combination: &Vec<String>| {
                values.iter().map(move |value| {
                    let mut longer = combination.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    Ok(grid)
}

/// Runs everything, each core the next run that nobody has begun; only what ranks a run is kept of it.
fn run_all(prepared: &[Prepared], grid: &[Vec<String>]) -> Result<Vec<Trial>, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Result<Trial, Failure>>>> =
        Mutex::new(prepared.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..cores.min(prepared.len()) {
            scope.spawn(|| {
                while let Some((index, run)) = take(&next, prepared) {
                    let trial = observe::run(run).map(|outcome| Trial::of(&grid[index], &outcome));
                    done.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(trial);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ended = |trial: Option<_>| {
        trial.unwrap_or_else(|| Err(Failure::new(Code::Internal, "a run has not ended")))
    };
    done.into_iter().map(ended).collect()
}

fn take<'a>(next: &AtomicUsize, prepared: &'a [Prepared]) -> Option<(usize, &'a Prepared)> {
    let index = next.fetch_add(1, Memory::Relaxed);
    prepared.get(index).map(|run| (index, run))
}

fn better(a: &Trial, b: &Trial) -> Ordering {
    match (a.sharpe, b.sharpe) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

impl Trial {
    fn of(parameters: &[String], outcome: &Outcome) -> Self {
        let statistics = &outcome.measured.outcome.statistics;
        Self {
            parameters: parameters.to_vec(),
            sharpe: statistics.sharpe,
            total_return: statistics.total_return,
            max_drawdown: statistics.max_drawdown,
            trades: statistics.trades,
            equity: outcome.measured.equity.normalize().to_string(),
            fingerprint: outcome.fingerprint.clone(),
        }
    }
}

/// The first of a ranking, for people.
const SHOWN: usize = 20;

fn pretty(sweep: &Sweep) -> String {
    let number = |value: Option<f64>| {
        value.map_or_else(|| "undefined".to_owned(), |value| format!("{value:.4}"))
    };
    let mut lines = vec![format!(
        "{:>10} {:>10} {:>10} {:>7} {:>16}  parameters",
        "Sharpe", "return", "drawdown", "trades", "equity"
    )];
    lines.extend(sweep.ranking.iter().take(SHOWN).map(|trial| {
        format!(
            "{:>10} {:>10} {:>10} {:>7} {:>16}  {}",
            number(trial.sharpe),
            number(trial.total_return),
            number(trial.max_drawdown),
            trial.trades,
            trial.equity,
            trial.parameters.join(" ")
        )
    }));
    if sweep.ranking.len() > SHOWN {
        lines.push(format!("and {} more", sweep.ranking.len() - SHOWN));
    }
    lines.push(format!(
        "the best of {} has a deflated Sharpe ratio of {}",
        sweep.trials,
        number(sweep.deflated_sharpe)
    ));
    lines.join("\n")
}
