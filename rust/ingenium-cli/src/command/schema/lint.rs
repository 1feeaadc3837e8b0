//! `ingenium schema lint`: everything that is wrong with schemas.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ingenium_codegen::lint::{RULES, lint};
use ingenium_codegen::{Error, Tree};
use ingenium_contract::Level;
use ingenium_contract::locate::locate;

use super::source::open;
use crate::diagnostic::{Diagnostic, Excerpt, Format, Summary, Words};
use crate::exit::{Code, Failure, complain};
use crate::terminal::Terminal;

/// Check schemas against the rules of the contract
///
/// Exit status: 0 clean, 1 findings, 2 wrong usage or unreadable.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  $ ingenium schema lint
  $ ingenium schema lint my/schemas --format sarif > lint.sarif")]
pub(crate) struct Arguments {
    /// The folder with catalog.json
    #[arg(default_value = "schemas", value_name = "DIR")]
    folder: PathBuf,

    /// How to report on stdout
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
}

const WORDS: Words = Words {
    checked: "files",
    bad: "faulty",
};

pub(crate) fn execute(arguments: &Arguments, terminal: Terminal) -> Result<Code, Failure> {
    let tree = open(&arguments.folder)?;
    let errors = lint(&tree);
    let out = Box::new(BufWriter::new(io::stdout()));
    let mut report = arguments.format.report(out, WORDS, terminal.color);
    let mut faulty: Vec<&str> = Vec::new();
    for error in &errors {
        report
            .diagnostic(&located(&tree, error, &arguments.folder))
            .map_err(Failure::internal)?;
        if !faulty.contains(&error.file.as_str()) {
            faulty.push(&error.file);
        }
    }
    let vectors = "schemas/vectors/";
    let files = tree
        .below("schemas/")
        .filter(|(path, _)| !path.starts_with(vectors));
    let summary = Summary {
        checked: files.count() as u64,
        bad: faulty.len() as u64,
        omitted: 0,
    };
    let folder: Arc<str> = arguments.folder.to_string_lossy().into();
    report.file(&folder, summary).map_err(Failure::internal)?;
    report.finish(summary).map_err(Failure::internal)?;
    if arguments.format == Format::Pretty && !terminal.quiet {
        complain(&format!(
            "{} files, {} findings",
            summary.checked,
            errors.len()
        ));
    }
    Ok(if errors.is_empty() {
        Code::Good
    } else {
        Code::Bad
    })
}

/// The finding at its line; what is not there is shown where it should be.
pub(super) fn located(tree: &Tree, error: &Error, folder: &Path) -> Diagnostic {
    let name = folder.join(error.file.trim_start_matches("schemas/"));
    let bytes = tree.get(&error.file).unwrap_or_default();
    let mut pointer = error.pointer.as_str();
    let span = loop {
        if let Some(span) = locate(bytes, pointer) {
            break Some(span);
        }
        match pointer.rsplit_once('/') {
            Some((parent, _)) => pointer = parent,
            None => break None,
        }
    };
    let start = span.as_ref().map_or(0, |span| span.start);
    let before = String::from_utf8_lossy(&bytes[..start]);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let rule = RULES.iter().find(|rule| rule.id == error.rule);
    Diagnostic {
        file: name.to_string_lossy().into(),
        line: before.matches('\n').count() as u64 + 1,
        column: before[line_start..].chars().count() as u64 + 1,
        rule: error.rule,
        level: Level::Error,
        pointer: error.pointer.clone(),
        message: error.message.clone(),
        help: rule.map(|rule| rule.fix.to_owned()).unwrap_or_default(),
        excerpt: span.clone().map(|span| Excerpt {
            what: "schema",
            text: String::from_utf8_lossy(bytes).into_owned(),
            // The first line of a value shows enough of it.
            mark: span.start
                ..bytes[span.clone()]
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .map_or(span.end, |at| span.start + at),
        }),
        span: span.map(|span| span.start as u64..span.end as u64),
    }
}
