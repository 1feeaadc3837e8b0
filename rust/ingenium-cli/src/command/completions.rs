//! `ingenium completions`: what the shell offers after a tab.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::exit::{Code, Failure};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium completions bash > ~/.local/share/bash-completion/completions/ingenium")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let mut command = super::Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut std::io::stdout());
    Ok(Code::Good)
}
