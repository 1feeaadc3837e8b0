//! `ingenium broker backup`: a copy of a broker's file.

use std::path::PathBuf;

use super::{DATA, FILE, failure};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Copy the broker's file to a new one, while the broker runs or without it
///
/// The copy is the log at one moment. It has its name when it is on disk and was checked as `broker check` does.
/// Exit status: 0 copied, 1 the file is damaged, 2 wrong usage.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium broker backup --data .ingenium backups/monday.db")]
pub(crate) struct Arguments {
    /// The new file
    #[arg(value_name = "TO")]
    to: PathBuf,

    /// Folder of the broker's file
    #[arg(long, value_name = "DIR", default_value = DATA)]
    data: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let from = arguments.data.join(FILE);
    ingenium_broker::backup(&from, &arguments.to).map_err(failure)?;
    if !terminal.quiet {
        let (from, to) = (from.display(), arguments.to.display());
        complain(&format!("{from} is copied to {to}"));
    }
    Ok(Code::Good)
}
