//! `ingenium trigger delete`: Triggers go, by name.

use std::io::Write as _;

use super::KIND;
use super::describe::missing;
use super::manifest::is_name;
use crate::command::server::{Server, refused};
use crate::exit::{Code, Failure};
use crate::terminal::Terminal;

/// Delete Triggers; events that they have not got are not delivered any more
///
/// Exit status: 0 deleted, 2 one of them is not there, 3 there is no broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium trigger delete strategy-data portfolio-data")]
pub(crate) struct Arguments {
    /// The Triggers
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    #[command(flatten)]
    server: Server,
}

pub(super) async fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let connection = arguments.server.connect()?;
    for name in &arguments.names {
        if !is_name(name) {
            return Err(missing(name));
        }
        let path = arguments.server.objects(KIND, Some(name));
        let answer = connection.ask("DELETE", &path, String::new()).await?;
        match answer.status {
            200 => {}
            404 => return Err(missing(name)),
            _ => {
                return Err(refused(
                    &answer,
                    &format!("trigger `{}`", name.escape_debug()),
                ));
            }
        }
        if !terminal.quiet {
            writeln!(std::io::stdout(), "trigger/{name} deleted").map_err(Failure::internal)?;
        }
    }
    Ok(Code::Good)
}
