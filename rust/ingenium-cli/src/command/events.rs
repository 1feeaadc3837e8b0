//! `ingenium events`: what is in the log of a broker, and what goes into it.

mod entries;
mod export;
mod feed;
mod import;
mod lineage;
mod post;
mod pretty;
mod replay;
mod selection;
mod send;
mod source;
mod sse;
mod tail;
mod trace;

use clap::Subcommand;
use ingenium_runtime::shutdown::Shutdown;

use super::runtime;
use super::server::Server;
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Watch, send, export, import, trace and replay the events of a broker
///
/// Events are CloudEvents in structured JSON, one a line.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events tail --filter-type portfolio.order
  $ ingenium events send orders.ndjson
  $ ingenium events export -o monday.ndjson --data .ingenium")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Tail(tail::Arguments),
    Send(send::Arguments),
    Export(export::Arguments),
    Import(import::Arguments),
    Trace(trace::Arguments),
    Replay(replay::Arguments),
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    match &arguments.command {
        Command::Tail(arguments) => until_signal(tail::execute(arguments, terminal)),
        Command::Send(arguments) => send::execute(arguments, terminal),
        Command::Export(arguments) => until_signal(export::execute(arguments, terminal)),
        Command::Import(arguments) => import::execute(arguments, terminal),
        Command::Trace(arguments) => until_signal(trace::execute(arguments)),
        Command::Replay(arguments) => runtime()?.block_on(replay::execute(arguments, terminal)),
    }
}

/// The broker whose log it is.
#[derive(Debug, clap::Args)]
struct Log {
    #[command(flatten)]
    server: Server,

    /// Name in the broker's URL
    #[arg(long, value_name = "NAME", default_value = "default")]
    name: String,
}

impl Log {
    /// Where events go in.
    fn ingress(&self) -> String {
        format!("/{}/{}", self.server.namespace, self.name)
    }

    /// Where the log is read.
    fn events(&self) -> String {
        format!(
            "/apis/ingenium.example/v1/namespaces/{}/brokers/{}/events",
            self.server.namespace, self.name
        )
    }
}

/// Runs until it is done, or INT or TERM comes: then all is left as it is.
fn until_signal(work: impl Future<Output = Result<Code, Failure>>) -> Result<Code, Failure> {
    runtime()?.block_on(Box::pin(async {
        let shutdown = Shutdown::on_signal(false).map_err(Failure::internal)?;
        tokio::select! {
            biased; // what is asked to end ends
            () = shutdown.requested() => Ok(stopped(&shutdown)),
            done = work => done,
        }
    }))
}

fn stopped(shutdown: &Shutdown) -> Code {
    if shutdown.was_interrupt() {
        Code::Interrupted
    } else {
        Code::Terminated
    }
}
