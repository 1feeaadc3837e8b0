//! `ingenium broker`: the embedded broker, and what its operator does with its file.

mod backup;
mod check;
mod restore;
mod retention;
mod run;
mod settings;

use clap::Subcommand;

use super::runtime;
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// The broker's file in its folder.
pub(super) const FILE: &str = "broker.db";

/// The usual folder.
const DATA: &str = ".ingenium";

/// Run the embedded broker as a process of its own, or look after its file
///
/// Takes events at http://127.0.0.1:PORT/NAMESPACE/NAME, and Triggers as Knative's objects at
/// /apis/eventing.knative.dev/v1/namespaces/NAMESPACE/triggers/NAME. What is acknowledged is on disk.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  $ ingenium broker --data .ingenium --port 8080
  $ ingenium broker check --data .ingenium"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    run: run::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Check(check::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    match &arguments.command {
        None => run::execute(&arguments.run, terminal),
        Some(Command::Run(arguments)) => run::execute(arguments, terminal),
        Some(Command::Check(arguments)) => check::execute(arguments, terminal),
        Some(Command::Backup(arguments)) => backup::execute(arguments, terminal),
        Some(Command::Restore(arguments)) => restore::execute(arguments, terminal),
    }
}

/// A failure of the store by whom it concerns: a damaged file is what was looked at, everything else the call.
pub(super) fn failure(error: ingenium_broker::Error) -> Failure {
    match error {
        ingenium_broker::Error::Corrupt { .. } => Failure::new(Code::Bad, error.to_string()),
        ingenium_broker::Error::Store(_) => Failure::internal(error),
        error => Failure::usage(error),
    }
}
