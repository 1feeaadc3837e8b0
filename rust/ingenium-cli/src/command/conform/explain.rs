//! The page of a check.

use std::io::Write as _;

use ingenium_conformance::catalogue;

use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium conform explain DEL-01")]
pub(super) struct Arguments {
    /// The check, such as DEL-01
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let id = arguments.id.to_ascii_uppercase();
    let Some(page) = catalogue::page(&id) else {
        let problem = format!("there is no check `{id}`; `ingenium conform list` shows them");
        return Err(Failure::new(Code::Usage, problem));
    };
    std::io::stdout()
        .lock()
        .write_all(page.as_bytes())
        .map_err(Failure::internal)?;
    Ok(Code::Good)
}
