//! The checks, a line each.

use std::io::Write as _;

use ingenium_conformance::{Case, Level, Role, catalogue};

use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium conform list --role broker")]
pub(super) struct Arguments {
    /// Only those of this role
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,

    /// One JSON object a line, as the case files have it
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let cases = catalogue::cases().map_err(|error| Failure::new(Code::Internal, error))?;
    let wanted = |case: &&Case| arguments.role.is_none_or(|role| case.roles.contains(&role));
    let mut out = std::io::stdout().lock();
    for case in cases.iter().filter(wanted) {
        let line = if arguments.json {
            serde_json::to_string(case).map_err(Failure::internal)?
        } else {
            line(case)
        };
        writeln!(out, "{line}").map_err(Failure::internal)?;
    }
    Ok(Code::Good)
}

fn line(case: &Case) -> String {
    let level = match case.level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
        Level::Info => "INFO",
    };
    let roles: Vec<&str> = case.roles.iter().map(|role| role.name()).collect();
    let roles = roles.join(",");
    let Case {
        id, profile, title, ..
    } = case;
    format!("{id:<8} {level:<6} {profile} {roles:<42} {title}")
}
