//! `ingenium conform`: judge a component in any language.

use std::io::Write as _;
use std::path::PathBuf;

use ingenium_conformance::{Error, Options, Report, Role, Verdict, run, target};

use super::runtime;
use crate::exit::{Code, Failure};

/// Judge a component in any language, over HTTP alone
///
/// Starts the command with PORT and K_SINK set, as Knative would, sends it events, and judges what it answers and
/// emits. Exit status: 0 conformant, 1 not, 2 wrong usage, 3 it did not start.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium conform --role strategy -- python3 my_strategy.py --port {port}")]
pub(crate) struct Arguments {
    /// What the component is
    #[arg(long, value_name = "ROLE")]
    role: Role,

    /// Where the report and the component's output go
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    out: PathBuf,

    /// The command that starts it; `{port}` and `{sink}` are replaced
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn execute(arguments: Arguments) -> Result<Code, Failure> {
    let Arguments { role, out, command } = arguments;
    let options = Options {
        role,
        command,
        output: out.clone(),
    };
    let report = runtime()?
        .block_on(run(&options))
        .map_err(|error| match &error {
            Error::Target(target::Error::System { .. }) | Error::System { .. } | Error::Case(_) => {
                Failure::internal(error)
            }
            _ => Failure::new(Code::Target, error.to_string()),
        })?;
    print(&report, &out.join("report.json").display().to_string()).map_err(Failure::internal)?;
    Ok(if report.conformant {
        Code::Good
    } else {
        Code::Bad
    })
}

fn print(report: &Report, path: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for check in &report.checks {
        writeln!(
            out,
            "{:<13} {:<8} {}",
            check.verdict.word(),
            check.id,
            check.title
        )?;
        if check.verdict == Verdict::Pass {
            continue;
        }
        for violation in &check.violations {
            writeln!(out, "    {}", violation.message)?;
            for line in violation.bytes.lines().take(12) {
                writeln!(out, "      | {line}")?;
            }
        }
        if check.verdict == Verdict::Inconclusive {
            writeln!(
                out,
                "    the component emitted nothing that could be judged"
            )?;
        }
        if !check.hint.is_empty() {
            writeln!(out, "    fix: {}", check.hint)?;
        }
    }
    let good = report
        .checks
        .iter()
        .filter(|check| check.verdict.is_good())
        .count();
    let claim = if report.conformant {
        "conformant"
    } else {
        "not conformant"
    };
    writeln!(
        out,
        "{claim}: {good} of {} checks, role {}, contract {}",
        report.checks.len(),
        report.role,
        report.contract
    )?;
    writeln!(out, "report: {path}")
}
