//! `ingenium conform`: judge a component in any language.

mod explain;
mod init;
mod interrupt;
mod judge;
mod list;
mod print;
mod progress;
mod recording;
mod report;
mod self_test;
mod watch;

pub(super) use self::judge::tell;
pub(super) use self::report::{Copy, parse_copy};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Judge a component in any language, over HTTP alone
///
/// Starts the command with PORT and K_SINK set, as Knative would, sends it events, and judges what it answers and
/// emits. Exit status: 0 conformant, 1 not, 2 wrong usage, 3 it did not start.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  $ ingenium conform --role strategy -- python3 my_strategy.py --port {port}
  $ ingenium conform --role strategy --watch -- python3 my_strategy.py
  $ ingenium conform --role portfolio --only POR --url http://127.0.0.1:8080 --sink-listen 127.0.0.1:9000
  $ ingenium conform explain DEL-01"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    judge: judge::Subject,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the checks
    List(list::Arguments),
    /// Explain a check: what, why, failing bytes, passing bytes, fix
    Explain(explain::Arguments),
    /// Write ingenium-component.json, which says what this folder's component is
    Init(init::Arguments),
    /// Convert a report, or compare two
    Report(report::Arguments),
    /// Judge the judge: sound components pass, each mutant fails its checks
    SelfTest(self_test::Arguments),
    /// Run a broken component, for the self-test
    #[command(hide = true)]
    Mutant(self_test::Mutant),
}

pub(crate) fn execute(arguments: Arguments, terminal: Terminal) -> Result<Code, Failure> {
    match arguments.action {
        None => judge::execute(&arguments.judge, terminal),
        Some(Action::List(arguments)) => list::execute(&arguments),
        Some(Action::Explain(arguments)) => explain::execute(&arguments),
        Some(Action::Init(arguments)) => init::execute(arguments),
        Some(Action::Report(arguments)) => report::execute(arguments),
        Some(Action::SelfTest(arguments)) => self_test::execute(&arguments),
        Some(Action::Mutant(arguments)) => self_test::execute_mutant(&arguments),
    }
}
