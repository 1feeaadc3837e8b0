//! Findings for people and for programs.

use std::io::Write as _;
use std::ops::Range;

use ingenium_contract::{Finding, Level};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
    Severity,
};
use serde::Serialize;

use crate::exit::Failure;

/// Prints findings as they come, or collects them for one JSON document.
pub(crate) struct Printer {
    collected: Option<Vec<Row>>,
    handler: GraphicalReportHandler,
}

/// A finding with its place in the file.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    line: usize,
    column: usize,
    #[serde(flatten)]
    finding: Finding,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    events: u64,
    invalid: u64,
    findings: &'a [Row],
}

/// The longest piece of a file that is shown around a finding.
const EXCERPT: usize = 2000;

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        let theme = if terminal {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_context_lines(1)
            .with_width(100);
        Self {
            collected: json.then(Vec::new),
            handler,
        }
    }

    /// Takes the findings about the event at `span`.
    pub(crate) fn event(
        &mut self,
        file: &str,
        bytes: &[u8],
        span: &Range<usize>,
        findings: &[Finding],
    ) -> Result<(), Failure> {
        for finding in findings {
            let place = finding.span.clone().unwrap_or(span.start..span.start);
            let (line, column) = position(bytes, place.start);
            if let Some(rows) = &mut self.collected {
                rows.push(Row {
                    file: file.to_owned(),
                    line,
                    column,
                    finding: finding.clone(),
                });
            } else {
                self.print(file, bytes, span, finding, (line, column))?;
            }
        }
        Ok(())
    }

    /// Prints the JSON document, if that is what was asked for.
    pub(crate) fn finish(&self, events: u64, invalid: u64) -> Result<(), Failure> {
        let Some(findings) = &self.collected else {
            return Ok(());
        };
        let json = serde_json::to_string_pretty(&Document {
            events,
            invalid,
            findings,
        })
        .map_err(Failure::internal)?;
        writeln!(std::io::stdout().lock(), "{json}").map_err(Failure::internal)
    }

    fn print(
        &self,
        file: &str,
        bytes: &[u8],
        span: &Range<usize>,
        finding: &Finding,
        (line, column): (usize, usize),
    ) -> Result<(), Failure> {
        let severity = if finding.level == Level::Error {
            Severity::Error
        } else {
            Severity::Warning
        };
        let mut diagnostic =
            MietteDiagnostic::new(format!("{}: {}", pointer(finding), finding.message))
                .with_code(finding.rule)
                .with_severity(severity);
        if !finding.help.is_empty() {
            diagnostic = diagnostic.with_help(&finding.help);
        }
        let mut out = format!("{file}:{line}:{column}\n");
        let excerpt = String::from_utf8_lossy(&bytes[span.clone()]);
        let inside = finding.span.as_ref().filter(|place| {
            excerpt.len() == span.len() && place.end <= span.end && span.len() <= EXCERPT
        });
        let report = match inside {
            Some(place) => {
                let label =
                    LabeledSpan::underline(place.start - span.start..place.end - span.start);
                let source = NamedSource::new("event", excerpt.into_owned());
                Report::new(diagnostic.with_label(label)).with_source_code(source)
            }
            None => Report::new(diagnostic),
        };
        self.handler
            .render_report(&mut out, report.as_ref())
            .map_err(Failure::internal)?;
        writeln!(std::io::stdout().lock(), "{out}").map_err(Failure::internal)
    }
}

fn pointer(finding: &Finding) -> &str {
    if finding.pointer.is_empty() {
        "the event"
    } else {
        &finding.pointer
    }
}

/// Line and column of a byte, both counted from 1, the column in characters.
fn position(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    (
        line,
        String::from_utf8_lossy(&before[start..]).chars().count() + 1,
    )
}
