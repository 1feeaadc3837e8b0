//! Reports that exist already: other forms, and what has changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ingenium_conformance::Report;
use ingenium_conformance::report::{Format, diff, write};

use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium conform report convert report.json --out junit=junit.xml
  $ ingenium conform report diff before.json report.json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write a report in other forms
    #[command(after_help = "\
Example:
  $ ingenium conform report convert report.json --out junit=junit.xml")]
    Convert {
        /// The report
        #[arg(value_name = "REPORT.JSON")]
        report: PathBuf,

        /// What to write: json, junit, sarif, html, markdown, badge, endpoint, github; `-` is stdout
        #[arg(long, value_name = "KIND[=FILE]", required = true, value_parser = parse_copy)]
        out: Vec<Copy>,
    },
    /// Compare two reports; exit 1 when something is worse
    #[command(after_help = "\
Example:
  $ ingenium conform report diff before.json report.json")]
    Diff {
        /// The report before
        #[arg(value_name = "BEFORE.JSON")]
        before: PathBuf,

        /// The report now
        #[arg(value_name = "NOW.JSON")]
        now: PathBuf,
    },
    /// Print a report's badge, as SVG
    #[command(after_help = "\
Example:
  $ ingenium conform report badge report.json > badge.svg")]
    Badge {
        /// The report
        #[arg(value_name = "REPORT.JSON")]
        report: PathBuf,

        /// As JSON, for the endpoint badge of shields.io
        #[arg(long)]
        endpoint: bool,
    },
    /// Print the JSON Schema of reports
    Schema,
}

/// One more copy of a report.
#[derive(Debug, Clone)]
pub(in crate::command) struct Copy {
    format: Format,
    /// Where; none for stdout.
    file: Option<PathBuf>,
}

pub(in crate::command) fn parse_copy(text: &str) -> Result<Copy, String> {
    let (kind, file) = match text.split_once('=') {
        Some((kind, file)) => (kind, Some(file)),
        None => (text, None),
    };
    let format: Format = kind.parse()?;
    let file = file.unwrap_or_else(|| format.file());
    Ok(Copy {
        format,
        file: (file != "-").then(|| PathBuf::from(file)),
    })
}

/// Writes copies; whether one went to stdout.
pub(super) fn write_copies(report: &Report, copies: &[Copy]) -> Result<bool, Failure> {
    let mut on_stdout = false;
    for Copy { format, file } in copies {
        match file {
            Some(file) => {
                write(report, *format, file).map_err(|error| {
                    Failure::new(Code::Internal, format!("{}: {error}", file.display()))
                })?;
            }
            None => {
                on_stdout = true;
                std::io::stdout()
                    .lock()
                    .write_all(format.render(report).as_bytes())
                    .map_err(Failure::internal)?;
            }
        }
    }
    Ok(on_stdout)
}

pub(super) fn execute(arguments: Arguments) -> Result<Code, Failure> {
    match arguments.action {
        Action::Convert { report, out } => {
            write_copies(&read(&report)?, &out)?;
            Ok(Code::Good)
        }
        Action::Diff { before, now } => compare(&before, &now),
        Action::Badge { report, endpoint } => {
            let format = if endpoint {
                Format::Endpoint
            } else {
                Format::Badge
            };
            let copy = Copy { format, file: None };
            write_copies(&read(&report)?, &[copy])?;
            Ok(Code::Good)
        }
        Action::Schema => {
            let schema =
                serde_json::to_string_pretty(&Report::schema()).map_err(Failure::internal)?;
            writeln!(std::io::stdout().lock(), "{schema}").map_err(Failure::internal)?;
            Ok(Code::Good)
        }
    }
}

fn compare(before: &Path, now: &Path) -> Result<Code, Failure> {
    let (old, new) = (read(before)?, read(now)?);
    if old.role != new.role {
        let problem = format!(
            "{} is about a {}, {} about a {}: there is nothing to compare",
            before.display(),
            old.role,
            now.display(),
            new.role
        );
        return Err(Failure::new(Code::Usage, problem));
    }
    let changes = diff(&old, &new);
    let mut out = std::io::stdout().lock();
    for change in &changes {
        writeln!(out, "{change}").map_err(Failure::internal)?;
    }
    let worse = changes.iter().filter(|change| change.is_worse()).count();
    writeln!(out, "{} changes, {worse} of them worse", changes.len()).map_err(Failure::internal)?;
    Ok(if worse > 0 { Code::Bad } else { Code::Good })
}

fn read(file: &Path) -> Result<Report, Failure> {
    let bad = |problem: String| Failure::new(Code::Usage, format!("{}: {problem}", file.display()));
    let text = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    serde_json::from_slice(&text)
        .map_err(|error| bad(format!("no report of `ingenium conform`: {error}")))
}
