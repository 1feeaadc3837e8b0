//! Subcommands, one a file.

mod conform;
mod run;
mod up;
mod validate;

use clap::{Parser, Subcommand};

use crate::exit::{Code, Failure};

/// Event-driven trading on CloudEvents: run it, validate events, judge components
#[derive(Debug, Parser)]
#[command(name = "ingenium", version = version(), propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Arguments),
    Run(run::Arguments),
    Validate(validate::Arguments),
    Conform(conform::Arguments),
}

/// Runs what the arguments say.
pub(crate) fn execute(arguments: Arguments) -> Result<Code, Failure> {
    match arguments.command {
        Command::Up(arguments) => up::execute(&arguments),
        Command::Run(arguments) => run::execute(&arguments),
        Command::Validate(arguments) => validate::execute(&arguments),
        Command::Conform(arguments) => conform::execute(arguments),
    }
}

/// The program's version and the contract's, with the digest of its schemas.
fn version() -> String {
    format!(
        "{} (contract {} {})",
        env!("CARGO_PKG_VERSION"),
        ingenium_contract::CONTRACT_VERSION,
        ingenium_contract::CONTRACT_DIGEST
    )
}

/// A single-threaded runtime: one process of this program does one thing at a time, and several share the cores.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::internal)
}
