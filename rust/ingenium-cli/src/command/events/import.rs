//! `ingenium events import`: an export into a broker.

use std::path::PathBuf;

use super::post::{Outcome, Poster, missing};
use super::{Log, entries, runtime};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Put an export into a running broker, in its order
///
/// What is there already is skipped, so an import that broke off is started again. It stops at the first event that is
/// refused, such as one whose source and id belong to another. Exit status: 0 all is there, 1 an event is refused, 2
/// wrong usage or no event, 3 no broker that takes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium events import monday.ndjson")]
pub(super) struct Arguments {
    /// One event a line; `-` is stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Events of a request, where the broker takes CloudEvents batches
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,

    /// So often an event is sent again when the broker says that it cannot take it now
    #[arg(long, value_name = "N", default_value_t = 10)]
    retries: u32,

    #[command(flatten)]
    log: Log,
}

pub(super) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let runtime = runtime()?;
    let batch = usize::from(arguments.batch);
    let poster = Poster::new(&arguments.log, batch, arguments.retries, terminal.quiet)?;
    let mut poster = poster.stopping();
    let file = std::slice::from_ref(&arguments.file);
    let accepted = |told: Vec<_>| {
        let mut told = told.into_iter();
        told.try_for_each(|(item, outcome)| match outcome {
            Outcome::Accepted | Outcome::Known => Ok(()),
            Outcome::Refused(reason) => Err(missing(&item, &reason)),
        })
    };
    let count = entries::for_each(file, &mut |item| {
        accepted(runtime.block_on(poster.push(item))?)
    })?;
    accepted(runtime.block_on(poster.flush())?)?;
    if count == 0 {
        return Err(Failure::new(Code::Usage, "there is no event in the file"));
    }
    if !terminal.quiet {
        complain(&format!("{count} events are there"));
    }
    Ok(Code::Good)
}
