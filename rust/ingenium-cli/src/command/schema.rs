//! `ingenium schema`: the contract itself, to read, to check and to compare.

mod diff;
mod explain;
mod lint;
mod show;
mod source;
mod write;

pub(crate) use source::{Source, faulty};
pub(crate) use write::print;

use clap::Subcommand;

use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Read, check and compare the schemas of events
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema list
  $ ingenium schema show portfolio.order
  $ ingenium schema lint schemas")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(show::List),
    Show(show::Show),
    Bundle(write::Bundle),
    Docs(write::Docs),
    Asyncapi(write::Asyncapi),
    Eventtypes(write::Eventtypes),
    Graph(write::Graph),
    Lint(lint::Arguments),
    Diff(diff::Arguments),
    Explain(explain::Arguments),
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    match &arguments.command {
        Command::List(arguments) => show::list(arguments),
        Command::Show(arguments) => show::show(arguments),
        Command::Bundle(arguments) => write::bundle(arguments),
        Command::Docs(arguments) => write::docs(arguments),
        Command::Asyncapi(arguments) => write::asyncapi(arguments),
        Command::Eventtypes(arguments) => write::eventtypes(arguments),
        Command::Graph(arguments) => write::graph(arguments),
        Command::Lint(arguments) => lint::execute(arguments, terminal),
        Command::Diff(arguments) => diff::execute(arguments, terminal),
        Command::Explain(arguments) => explain::execute(arguments),
    }
}
