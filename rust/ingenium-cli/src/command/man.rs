//! `ingenium man`: the manual pages.

use std::path::PathBuf;

use clap::CommandFactory as _;

use crate::exit::{Code, Failure};

/// Write the manual pages, one a command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium man --out ~/.local/share/man/man1 && man ingenium-validate")]
pub(crate) struct Arguments {
    /// The folder, which must exist
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    clap_mangen::generate_to(super::Arguments::command(), &arguments.out).map_err(|error| {
        let folder = arguments.out.display();
        Failure::new(Code::Usage, format!("`{folder}`: {error}"))
    })?;
    Ok(Code::Good)
}
