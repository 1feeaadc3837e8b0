//! `ingenium events send`: events from files to a running broker.

use std::io::{self, Write as _};
use std::path::PathBuf;

use ingenium_contract::finding::is_valid;
use ingenium_contract::{Level, validate_structured};
use ingenium_types::View;

use super::entries::{self, Item};
use super::post::{Outcome, Poster};
use super::{Log, runtime};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Send events to a running broker
///
/// Reads what `ingenium validate` reads, and validates each event as a producer's. Prints what became of each: accepted,
/// known (it was stored before) or refused. Events go in their order; one that is refused does not hold up the next.
/// Exit status: 0 all accepted or known, 1 some refused, 2 wrong usage or no event, 3 no broker that takes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium events send orders.ndjson
  $ ingenium events send - --batch 100 < orders.ndjson")]
pub(super) struct Arguments {
    /// Files, folders or patterns; `-` is stdin
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,

    /// Send what the contract does not allow, too
    #[arg(long)]
    no_validate: bool,

    /// Events of a request (a CloudEvents batch); brokers of class Ingenium take them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,

    /// So often an event is sent again when the broker says that it cannot take it now
    #[arg(long, value_name = "N", default_value_t = 10)]
    retries: u32,

    #[command(flatten)]
    log: Log,
}

/// How many of which.
#[derive(Debug, Default)]
struct Total {
    accepted: u64,
    known: u64,
    refused: u64,
}

pub(super) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let runtime = runtime()?;
    let quiet = terminal.quiet;
    let batch = usize::from(arguments.batch);
    let mut poster = Poster::new(&arguments.log, batch, arguments.retries, quiet)?;
    let mut total = Total::default();
    let sent = entries::for_each(&arguments.files, &mut |item| {
        if !arguments.no_validate
            && let Some(reason) = invalid(&item)
        {
            // What came before is told before.
            for (item, outcome) in runtime.block_on(poster.flush())? {
                total.tell(&item, &outcome, quiet)?;
            }
            return total.tell(&item, &Outcome::Refused(reason), quiet);
        }
        for (item, outcome) in runtime.block_on(poster.push(item))? {
            total.tell(&item, &outcome, quiet)?;
        }
        Ok(())
    })?;
    for (item, outcome) in runtime.block_on(poster.flush())? {
        total.tell(&item, &outcome, quiet)?;
    }
    if sent == 0 {
        return Err(Failure::new(Code::Usage, "there is no event in the input"));
    }
    if !quiet {
        let Total {
            accepted,
            known,
            refused,
        } = total;
        complain(&format!(
            "{accepted} accepted, {known} known, {refused} refused"
        ));
    }
    Ok(if total.refused == 0 {
        Code::Good
    } else {
        Code::Bad
    })
}

/// What the contract says against an event.
fn invalid(item: &Item) -> Option<String> {
    let findings = validate_structured(&item.event, View::Strict).findings;
    if is_valid(&findings) {
        return None;
    }
    let errors = findings
        .iter()
        .filter(|finding| finding.level == Level::Error);
    let reasons = errors.map(|finding| {
        format!(
            "{} {}: {}; {}",
            finding.rule, finding.pointer, finding.message, finding.help
        )
    });
    Some(reasons.collect::<Vec<_>>().join("; "))
}

impl Total {
    fn tell(&mut self, item: &Item, outcome: &Outcome, quiet: bool) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let place = &item.place;
        let told = match outcome {
            Outcome::Accepted => {
                self.accepted += 1;
                (!quiet).then(|| writeln!(out, "{place}: accepted"))
            }
            Outcome::Known => {
                self.known += 1;
                (!quiet).then(|| writeln!(out, "{place}: known"))
            }
            Outcome::Refused(reason) => {
                self.refused += 1;
                Some(writeln!(out, "{place}: refused: {reason}"))
            }
        };
        told.transpose().map(drop).map_err(Failure::internal)
    }
}
