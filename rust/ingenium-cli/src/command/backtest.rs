//! `ingenium backtest`: a whole run in virtual time, and what it came to.

mod compare;
mod data;
mod foreign;
mod html;
mod observe;
mod parameter;
mod pictures;
mod plan;
mod report;
mod run;
mod schema;
mod scribe;
mod settings;
mod sweep;
mod terminal;
mod trades;
mod verify;
mod yardstick;

use clap::Subcommand;

pub(crate) use parameter::parameters;

use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Run a strategy over recorded bars, in step order, and measure it
///
/// The same components as `ingenium up` in one process: the same events, with the same fingerprint.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Example:
  $ ingenium backtest run --data prices.csv=ACME --out run-1"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::Arguments>),
    Verify(verify::Arguments),
    Compare(compare::Arguments),
    Sweep(Box<sweep::Arguments>),
    Schema(schema::Arguments),
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    match &arguments.command {
        Command::Run(arguments) => run::execute(arguments, terminal),
        Command::Verify(arguments) => verify::execute(arguments, terminal),
        Command::Compare(arguments) => compare::execute(arguments),
        Command::Sweep(arguments) => sweep::execute(arguments, terminal),
        Command::Schema(arguments) => schema::execute(arguments),
    }
}
