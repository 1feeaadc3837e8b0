//! `ingenium broker restore`: a copy in the place of a broker's file that is gone.

use std::path::PathBuf;

use super::{DATA, FILE, failure};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Put a copy in the place of the broker's file
///
/// Nothing is overwritten: move a damaged file away first, with what is beside it. What was stored after the copy was
/// made is not in it: senders that send it again are welcome, and subscribers may get again what they had since.
/// Exit status: 0 restored, 1 the copy is damaged, 2 wrong usage.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium broker restore --data .ingenium backups/monday.db")]
pub(crate) struct Arguments {
    /// The copy
    #[arg(value_name = "FROM")]
    from: PathBuf,

    /// Folder of the broker's file; created when absent
    #[arg(long, value_name = "DIR", default_value = DATA)]
    data: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    std::fs::create_dir_all(&arguments.data).map_err(|error| {
        Failure::new(
            Code::Usage,
            format!("{}: {error}", arguments.data.display()),
        )
    })?;
    let to = arguments.data.join(FILE);
    ingenium_broker::restore(&arguments.from, &to).map_err(failure)?;
    if !terminal.quiet {
        let (from, to) = (arguments.from.display(), to.display());
        complain(&format!("{from} is restored to {to}"));
    }
    Ok(Code::Good)
}
