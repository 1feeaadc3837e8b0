//! A description of the component in this folder, to begin with.

use std::io::Write as _;

use ingenium_conformance::{Manifest, Role, manifest};

use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium conform init --role strategy -- ./my-strategy")]
pub(super) struct Arguments {
    /// What the component is
    #[arg(long, value_name = "ROLE")]
    role: Role,

    /// The command that starts it
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn execute(arguments: Arguments) -> Result<Code, Failure> {
    let file = std::path::Path::new(manifest::FILE);
    if file.exists() {
        let problem = format!("{} is there already", manifest::FILE);
        return Err(Failure::new(Code::Usage, problem));
    }
    let manifest = Manifest::new(arguments.role, arguments.command);
    let text = serde_json::to_string_pretty(&manifest).map_err(Failure::internal)?;
    std::fs::write(file, text + "\n").map_err(Failure::internal)?;
    writeln!(
        std::io::stdout().lock(),
        "{} is written; `ingenium conform` judges the component now",
        manifest::FILE
    )
    .map_err(Failure::internal)?;
    Ok(Code::Good)
}
