//! One run against one component.

use std::path::{Path, PathBuf};

use ingenium_conformance::report::{Format, write};
use ingenium_conformance::{Error, Options, Place, Profile, Report, Role, run, target};

use super::print::print;
use super::report::{Copy, parse_copy, write_copies};
use crate::command::runtime;
use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
pub(super) struct Subject {
    /// What the component is: ingestor, strategy, portfolio, executor, source, sink
    #[arg(long, value_name = "ROLE", required = true)]
    role: Option<Role>,

    /// How much is judged: L1 the wire, L2 and delivery, L3 and trading
    #[arg(long, value_name = "PROFILE", default_value = "L3")]
    profile: Profile,

    /// A SHOULD counts as a MUST
    #[arg(long)]
    strict: bool,

    /// Only these checks, or families: ENV-01, DEL; the run makes no claim then
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,

    /// What ids and symbols follow from; from the clock otherwise
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// What the component claims: live, margin
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    claims: Vec<String>,

    /// Where reports, recordings and the component's output go
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    dir: PathBuf,

    /// One more copy of the report: json, junit, sarif, html, markdown, badge, github; `-` is stdout
    #[arg(long, value_name = "KIND[=FILE]", value_parser = parse_copy)]
    out: Vec<Copy>,

    /// The component runs already, here
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "command",
        required_unless_present = "command"
    )]
    url: Option<String>,

    /// Where the sink listens, for a component that runs already
    #[arg(long, value_name = "ADDRESS", requires = "url")]
    sink_listen: Option<std::net::SocketAddr>,

    /// The command that starts it; `{port}`, `{sink}`, `{fixture}`, `{otlp}` and `{state}` are replaced
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) fn execute(arguments: Subject) -> Result<Code, Failure> {
    let Some(role) = arguments.role else {
        return Err(Failure::new(Code::Usage, "--role is missing"));
    };
    let place = match arguments.url {
        Some(url) => Place::Url(url),
        None => Place::Command(arguments.command),
    };
    let options = Options {
        profile: arguments.profile,
        strict: arguments.strict,
        only: arguments.only,
        seed: arguments.seed,
        live: arguments.claims.iter().any(|claim| claim == "live"),
        claims: arguments.claims,
        sink_listen: arguments.sink_listen,
        ..Options::new(role, place, &arguments.dir)
    };
    let report = runtime()?
        .block_on(Box::pin(run(&options, &())))
        .map_err(failure)?;
    leave(&report, &arguments.dir).map_err(Failure::internal)?;
    let on_stdout = write_copies(&report, &arguments.out)?;
    if !on_stdout {
        print(&report, &arguments.dir).map_err(Failure::internal)?;
    }
    Ok(if report.conformant {
        Code::Good
    } else {
        Code::Bad
    })
}

/// Writes the report in every form.
fn leave(report: &Report, folder: &Path) -> std::io::Result<()> {
    for format in Format::ALL {
        write(report, format, &folder.join(format.file()))?;
    }
    Ok(())
}

fn failure(error: Error) -> Failure {
    match &error {
        Error::Target(target::Error::System { .. }) | Error::System { .. } | Error::Case(_) => {
            Failure::internal(error)
        }
        Error::Nothing { .. } | Error::Usage(_) => Failure::usage(error),
        _ => Failure::new(Code::Target, error.to_string()),
    }
}
