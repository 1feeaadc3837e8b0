//! `ingenium trigger`: which events of a running broker go where.

mod apply;
mod delete;
mod describe;
mod list;
mod manifest;

use clap::Subcommand;

use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// List, apply, describe and delete the Triggers of a running broker
///
/// Triggers are Knative's objects (eventing.knative.dev/v1): the files that a cluster takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium trigger apply triggers.yaml
  $ ingenium trigger list")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Apply(apply::Arguments),
    Describe(describe::Arguments),
    Delete(delete::Arguments),
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let runtime = super::runtime()?;
    match &arguments.command {
        Command::List(arguments) => runtime.block_on(list::execute(arguments)),
        Command::Apply(arguments) => runtime.block_on(apply::execute(arguments, terminal)),
        Command::Describe(arguments) => runtime.block_on(describe::execute(arguments)),
        Command::Delete(arguments) => runtime.block_on(delete::execute(arguments, terminal)),
    }
}

/// Where Triggers are, in paths and messages.
const KIND: &str = "triggers";

/// How a Trigger is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// For people
    Text,
    /// Knative's objects
    Json,
}
