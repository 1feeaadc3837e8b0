//! `ingenium events tail`: the events of a running broker as they come.

use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use ingenium_contract::{SpecVersions, envelope};

use super::feed::Feed;
use super::selection::{Passing, Range};
use super::{Log, pretty};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Watch the events of a running broker
///
/// A connection that breaks off is made again, and no event is left out. Exit status: 0 the end that was asked for, 2
/// wrong usage, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events tail --filter-type portfolio.order
  $ ingenium events tail --from earliest --follow=false --output id")]
pub(super) struct Arguments {
    /// Where to start: latest, earliest, an offset or a time
    #[arg(long, value_name = "FROM", default_value = "latest")]
    from: String,

    /// Whether to wait for events that are still to come
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set)]
    follow: bool,

    /// End after so many events
    #[arg(short = 'n', long, value_name = "N")]
    count: Option<u64>,

    /// How to print; pretty on a terminal, json otherwise
    #[arg(long, value_enum)]
    output: Option<Output>,

    #[command(flatten)]
    passing: Passing,

    #[command(flatten)]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Time, type, subject, id, source, the first of the data
    Pretty,
    /// The event in structured JSON
    Json,
    /// The event's id
    Id,
}

pub(super) async fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let range = Range {
        from: arguments.from.clone(),
        to: (!arguments.follow).then(|| "head".to_owned()),
        filters: arguments.passing.filters(),
    };
    let usual = if io::stdout().is_terminal() {
        Output::Pretty
    } else {
        Output::Json
    };
    let output = arguments.output.unwrap_or(usual);
    let mut feed = Feed::new(&arguments.log, &range, terminal.quiet)?;
    let mut left = arguments.count.unwrap_or(u64::MAX);
    while left > 0
        && let Some(entry) = feed.next().await?
    {
        left -= 1;
        let line = shown(entry.line, output)?;
        writeln!(io::stdout().lock(), "{line}").map_err(Failure::internal)?;
    }
    Ok(Code::Good)
}

fn shown(line: String, output: Output) -> Result<String, Failure> {
    if output == Output::Json {
        return Ok(line);
    }
    let read = envelope::read_structured(&line.into(), SpecVersions::V03AndV1);
    let event = read
        .map_err(|_| Failure::new(Code::Target, "the broker sends what is no event"))?
        .event;
    if output == Output::Pretty {
        return Ok(pretty::line(&event));
    }
    let mut id = String::new();
    pretty::escape(&event.id, &mut id);
    Ok(id)
}
