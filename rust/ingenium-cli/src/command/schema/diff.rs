//! `ingenium schema diff`: what changed between two contracts, and whom it breaks.

mod report;

use std::path::PathBuf;

use clap::ValueEnum;
use ingenium_codegen::compat::{Comparison, Contract, Direction, Mode, Verdict, compare, waivers};

use super::source::{against, faulty, open};
use crate::diagnostic::Format;
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Compare schemas with an earlier contract: proven compatible, or refuted by an event
///
/// An event type promises in the catalog (`compatibility`) that new consumers read old events (backward), that old
/// consumers read new events (forward), or both (full). A broken promise is an error; without a promise a break is
/// reported and passes. Exit status: 0 kept, 1 broken or unknown, 2 wrong usage or unreadable.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema diff --against .git#main
  $ ingenium schema diff my/schemas --against 1.0.0 --format json
  $ ingenium schema diff --against ../old/schemas --mode full")]
pub(crate) struct Arguments {
    /// The folder with the new catalog.json
    #[arg(default_value = "schemas", value_name = "DIR")]
    folder: PathBuf,

    /// The earlier contract: a folder, `.git#REF`, or the version of a release in DIR/released
    #[arg(long, value_name = "DIR|.git#REF|RELEASE")]
    against: String,

    /// Hold every event type to this promise, whatever the catalog says
    #[arg(long, value_enum)]
    mode: Option<Promise>,

    /// How to report on stdout
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Promise {
    /// Nothing
    None,
    /// New consumers read old events
    Backward,
    /// Old consumers read new events
    Forward,
    /// Both
    Full,
}

/// A verdict as it counts: with the promise about it, and the reason why an open one is waived.
struct Judgement<'a> {
    comparison: &'a Comparison,
    direction: Direction,
    promised: bool,
    waived: Option<String>,
}

impl Judgement<'_> {
    fn verdict(&self) -> &Verdict {
        self.comparison.verdict(self.direction)
    }

    /// Whether a promise is broken, or nobody knows whether it is.
    fn fails(&self) -> bool {
        self.promised
            && match self.verdict() {
                Verdict::Compatible => false,
                Verdict::Breaking(_) | Verdict::Moved(_) => true,
                Verdict::Unknown(_) => self.waived.is_none(),
            }
    }

    /// The verdict in a word.
    fn word(&self) -> &'static str {
        match self.verdict() {
            Verdict::Compatible => "COMPATIBLE",
            Verdict::Breaking(_) | Verdict::Moved(_) => "BREAKING",
            Verdict::Unknown(_) if self.waived.is_some() => "WAIVED",
            Verdict::Unknown(_) => "UNKNOWN",
        }
    }

    /// Who meets the break: the consumers of the side that reads.
    fn hit(&self) -> String {
        let consumers = self.comparison.consumers.join(", ");
        match self.direction {
            Direction::Backward => {
                format!("hits {consumers} once upgraded: an event of today is refused")
            }
            Direction::Forward => {
                format!("hits {consumers} of today: an event of an upgraded producer is refused")
            }
        }
    }
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let tree = open(&arguments.folder)?;
    let faults = |errors| faulty(&arguments.folder.to_string_lossy(), &errors);
    let new = Contract::authored(&tree).map_err(faults)?;
    let old = against(&arguments.against, &arguments.folder)?;
    let waivers = waivers(&tree).map_err(faults)?;
    let comparisons = compare(&old, &new);
    let judgements: Vec<Judgement<'_>> = comparisons
        .iter()
        .flat_map(|comparison| Direction::ALL.map(|direction| (comparison, direction)))
        .map(|(comparison, direction)| {
            let mode = match arguments.mode {
                None => comparison.mode,
                Some(Promise::None) => Mode::None,
                Some(Promise::Backward) => Mode::Backward,
                Some(Promise::Forward) => Mode::Forward,
                Some(Promise::Full) => Mode::Full,
            };
            let waiver = waivers
                .iter()
                .find(|waiver| waiver.covers(&comparison.subject, direction, &old.version));
            Judgement {
                comparison,
                direction,
                promised: mode.promises(direction),
                waived: waiver.map(|waiver| waiver.reason.clone()),
            }
        })
        .collect();
    report::write(
        &judgements,
        arguments.format,
        &tree,
        &arguments.folder,
        terminal,
    )?;
    let failed = judgements.iter().any(Judgement::fails);
    Ok(if failed { Code::Bad } else { Code::Good })
}
