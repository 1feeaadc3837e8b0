//! Subcommands, one a file.

mod backtest;
mod bars;
mod broker;
mod completions;
mod conform;
mod events;
mod generate;
mod guard;
mod man;
mod reading;
mod run;
mod schema;
mod server;
mod tap;
mod trigger;
mod tuning;
mod up;
mod validate;
mod value;

use std::net::{Ipv4Addr, TcpListener};

use clap::{Parser, Subcommand};

use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Event-driven trading on CloudEvents: run it, validate events, judge components
#[derive(Debug, Parser)]
#[command(name = "ingenium", version = version(), propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    terminal: Terminal,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Arguments),
    Run(run::Arguments),
    Backtest(backtest::Arguments),
    Broker(broker::Arguments),
    Trigger(trigger::Arguments),
    Events(Box<events::Arguments>),
    Validate(validate::Arguments),
    Conform(Box<conform::Arguments>),
    Tap(tap::Arguments),
    Schema(schema::Arguments),
    Generate(generate::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    #[command(hide = true)]
    Guard(guard::Arguments),
}

/// Runs what the arguments say.
pub(crate) fn execute(arguments: Arguments) -> Result<Code, Failure> {
    let terminal = arguments.terminal;
    match arguments.command {
        Command::Up(arguments) => up::execute(&arguments, terminal),
        Command::Run(arguments) => run::execute(&arguments, terminal),
        Command::Backtest(arguments) => backtest::execute(&arguments, terminal),
        Command::Broker(arguments) => broker::execute(&arguments, terminal),
        Command::Trigger(arguments) => trigger::execute(&arguments, terminal),
        Command::Events(arguments) => events::execute(&arguments, terminal),
        Command::Validate(arguments) => validate::execute(&arguments, terminal),
        Command::Conform(arguments) => conform::execute(*arguments, terminal),
        Command::Tap(arguments) => tap::execute(&arguments, terminal),
        Command::Schema(arguments) => schema::execute(&arguments, terminal),
        Command::Generate(arguments) => generate::execute(&arguments),
        Command::Completions(arguments) => completions::execute(&arguments),
        Command::Man(arguments) => man::execute(&arguments),
        Command::Guard(arguments) => guard::execute(&arguments),
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

/// A port that is free now. Knative's PORT is a number, so somebody else may take it before the component does;
/// the component then says so and ends.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Failure::internal)?;
    Ok(listener.local_addr().map_err(Failure::internal)?.port())
}
