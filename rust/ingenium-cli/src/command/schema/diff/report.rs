//! How a comparison is told.

use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::Arc;

use ingenium_codegen::compat::Verdict;
use ingenium_codegen::{Error, Tree};
use ingenium_contract::Level;
use serde_json::{Value, json};

use super::super::lint::located;
use super::super::write::print;
use super::Judgement;
use crate::diagnostic::{Diagnostic, Format, Summary, Words};
use crate::exit::Failure;
use crate::terminal::Terminal;

const WORDS: Words = Words {
    checked: "verdicts",
    bad: "failed",
};

pub(super) fn write(
    judgements: &[Judgement<'_>],
    format: Format,
    tree: &Tree,
    folder: &Path,
    terminal: Terminal,
) -> Result<(), Failure> {
    match format {
        Format::Pretty => print(&pretty(judgements)).map(|_| ()),
        Format::Json => {
            let text =
                serde_json::to_string_pretty(&document(judgements)).map_err(Failure::internal)?;
            print(&(text + "\n")).map(|_| ())
        }
        other => {
            let out = Box::new(BufWriter::new(io::stdout()));
            let mut report = other.report(out, WORDS, terminal.color);
            let mut summary = Summary::default();
            for judgement in judgements {
                summary.checked += 1;
                summary.bad += u64::from(judgement.fails());
                if let Some(diagnostic) = diagnostic(judgement, tree, folder) {
                    report.diagnostic(&diagnostic).map_err(Failure::internal)?;
                }
            }
            let name: Arc<str> = folder.to_string_lossy().into();
            report.file(&name, summary).map_err(Failure::internal)?;
            report.finish(summary).map_err(Failure::internal)
        }
    }
}

/// Each event type with its changes, and its verdicts with what refutes them.
fn pretty(judgements: &[Judgement<'_>]) -> String {
    let mut text = String::new();
    for pair in judgements.chunks(2) {
        let comparison = pair[0].comparison;
        text += &format!("{}\n", comparison.subject);
        for change in &comparison.changes {
            let at = if change.pointer.is_empty() {
                String::new()
            } else {
                format!(" at {}", change.pointer)
            };
            text += &format!("  {}{at}: {}\n", change.kind, change.message);
        }
        for judgement in pair {
            let name = judgement.direction.name();
            let note = if judgement.promised {
                ""
            } else {
                ", not promised"
            };
            text += &format!("  {name:8}  {}{note}", judgement.word());
            text += &match judgement.verdict() {
                Verdict::Compatible => "\n".to_owned(),
                Verdict::Breaking(event) => format!(": {}\n            {event}\n", judgement.hit()),
                Verdict::Moved(why) => format!(": {why}\n"),
                Verdict::Unknown(why) => match &judgement.waived {
                    Some(reason) => format!(": {reason}\n"),
                    None => {
                        format!(": {why}; look at it, and waive it in CHANGES.json with a reason\n")
                    }
                },
            };
        }
    }
    let failed = judgements
        .iter()
        .filter(|judgement| judgement.fails())
        .count();
    text + &format!("{} verdicts, {failed} failed\n", judgements.len())
}

fn document(judgements: &[Judgement<'_>]) -> Value {
    let events = judgements.chunks(2).map(|pair| {
        let comparison = pair[0].comparison;
        let changes = comparison.changes.iter().map(|change| {
            json!({ "rule": change.kind.id(), "pointer": change.pointer, "message": change.message })
        });
        let mut event = json!({
            "type": comparison.subject,
            "consumers": comparison.consumers,
            "changes": changes.collect::<Vec<_>>(),
        });
        for judgement in pair {
            let mut verdict = json!({
                "verdict": judgement.word(),
                "promised": judgement.promised,
                "failed": judgement.fails(),
            });
            match judgement.verdict() {
                Verdict::Compatible => {}
                Verdict::Breaking(payload) => verdict["data"] = payload.clone(),
                Verdict::Moved(why) | Verdict::Unknown(why) => verdict["reason"] = why.as_str().into(),
            }
            if let Some(reason) = &judgement.waived {
                verdict["waived"] = reason.as_str().into();
            }
            event[judgement.direction.name()] = verdict;
        }
        event
    });
    let failed = judgements
        .iter()
        .filter(|judgement| judgement.fails())
        .count();
    json!({ "verdicts": judgements.len(), "failed": failed, "events": events.collect::<Vec<_>>() })
}

/// A break or an open question, at the first change that is named; a warning where nothing is promised.
fn diagnostic(judgement: &Judgement<'_>, tree: &Tree, folder: &Path) -> Option<Diagnostic> {
    let why = match judgement.verdict() {
        Verdict::Compatible => return None,
        Verdict::Breaking(event) => format!("{}: {event}", judgement.hit()),
        Verdict::Moved(why) | Verdict::Unknown(why) => why.clone(),
    };
    let comparison = judgement.comparison;
    let change = comparison.changes.first();
    let error = Error {
        rule: change.map_or("ING-B-UNKNOWN", |change| change.kind.id()),
        file: comparison.file.clone(),
        pointer: change
            .map(|change| change.pointer.clone())
            .unwrap_or_default(),
        message: format!(
            "{} {} {}: {why}",
            comparison.subject,
            judgement.direction.name(),
            judgement.word()
        ),
    };
    let mut diagnostic = located(tree, &error, folder);
    if !judgement.fails() {
        diagnostic.level = Level::Warning;
    }
    diagnostic.help = change
        .map(|change| change.kind.effect().to_owned())
        .unwrap_or_default();
    Some(diagnostic)
}
