//! For people: the place, the bytes underlined, the fix.

use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Severity,
};

use super::{Diagnostic, Level, Report, Summary};
use crate::terminal::Color;

pub(super) struct Pretty {
    out: Box<dyn Write>,
    handler: GraphicalReportHandler,
}

impl Pretty {
    pub(super) fn new(out: Box<dyn Write>, color: Color) -> Self {
        let theme = if color.is_on(&io::stdout()) {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_context_lines(1)
            .with_width(100);
        Self { out, handler }
    }
}

impl Report for Pretty {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        let place = if diagnostic.pointer.is_empty() {
            "the event"
        } else {
            &diagnostic.pointer
        };
        let severity = match diagnostic.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
        };
        let mut shown = MietteDiagnostic::new(format!("{place}: {}", diagnostic.message))
            .with_code(diagnostic.rule)
            .with_severity(severity);
        if !diagnostic.help.is_empty() {
            shown = shown.with_help(&diagnostic.help);
        }
        let report = match &diagnostic.excerpt {
            Some(excerpt) => {
                let label = LabeledSpan::underline(excerpt.mark.clone());
                let source = NamedSource::new(excerpt.what, excerpt.text.clone());
                miette::Report::new(shown.with_label(label)).with_source_code(source)
            }
            None => miette::Report::new(shown),
        };
        let Diagnostic {
            file, line, column, ..
        } = diagnostic;
        let mut text = format!("{file}:{line}:{column}\n");
        self.handler
            .render_report(&mut text, report.as_ref())
            .map_err(io::Error::other)?;
        writeln!(self.out, "{text}")
    }

    fn finish(&mut self, _: Summary) -> io::Result<()> {
        self.out.flush()
    }
}
