//! `ingenium broker check`: everything that is wrong with a broker's file.

use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::Arc;

use ingenium_broker::Damage;
use ingenium_contract::Level;

use super::{DATA, FILE, failure};
use crate::diagnostic::{Diagnostic, Format, Summary, Words};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Check the broker's file: every page, every event, and what refers to them
///
/// A broker may be running on the file. Exit status: 0 sound, 1 findings, 2 wrong usage or no file of a broker.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium broker check
  $ ingenium broker check --data .ingenium --format json")]
pub(crate) struct Arguments {
    /// Folder of the broker's file
    #[arg(
        long,
        value_name = "DIR",
        default_value = DATA,
        conflicts_with = "file"
    )]
    data: PathBuf,

    /// A file by its own name, such as a backup
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// How to report on stdout
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,

    /// Report so many findings one by one, and count the others
    #[arg(long, value_name = "N", default_value_t = 1000)]
    max_findings: usize,
}

const WORDS: Words = Words {
    checked: "events",
    bad: "damaged",
};

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let path = match &arguments.file {
        Some(file) => file.clone(),
        None => arguments.data.join(FILE),
    };
    let found = ingenium_broker::check(&path, arguments.max_findings).map_err(failure)?;
    let file: Arc<str> = path.to_string_lossy().into();
    let out = Box::new(BufWriter::new(io::stdout()));
    let mut report = arguments.format.report(out, WORDS, terminal.color);
    for damage in &found.damage {
        report
            .diagnostic(&diagnostic(&file, damage))
            .map_err(Failure::internal)?;
    }
    let summary = Summary {
        checked: found.events,
        bad: found.bad,
        omitted: found.omitted,
    };
    report.file(&file, summary).map_err(Failure::internal)?;
    report.finish(summary).map_err(Failure::internal)?;
    if arguments.format == Format::Pretty && !terminal.quiet {
        complain(&format!(
            "{} events, {} findings",
            found.events,
            found.damage.len() as u64 + found.omitted
        ));
    }
    Ok(if found.is_sound() {
        Code::Good
    } else {
        Code::Bad
    })
}

/// A database has no lines: the place is table and key.
fn diagnostic(file: &Arc<str>, damage: &Damage) -> Diagnostic {
    Diagnostic {
        file: Arc::clone(file),
        line: 1,
        column: 1,
        rule: damage.rule.id(),
        level: Level::Error,
        pointer: if damage.place.is_empty() {
            "/".to_owned()
        } else {
            damage.place.clone()
        },
        span: None,
        message: damage.problem.clone(),
        help: damage.rule.help().to_owned(),
        excerpt: None,
    }
}
