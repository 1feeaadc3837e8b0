//! Workflow commands of GitHub Actions: an annotation at the line of each diagnostic.

use std::io::{self, Write};

use ingenium_conformance::report::{command_data, command_property};

use super::{Diagnostic, Level, Report, Summary};

pub(super) struct Github {
    out: Box<dyn Write>,
}

impl Github {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out }
    }
}

impl Report for Github {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        let command = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let mut message = format!("{}: {}", diagnostic.pointer, diagnostic.message);
        if !diagnostic.help.is_empty() {
            message = format!("{message}\n{}", diagnostic.help);
        }
        writeln!(
            self.out,
            "::{command} file={},line={},col={},title={}::{}",
            command_property(&diagnostic.file),
            diagnostic.line,
            diagnostic.column,
            command_property(diagnostic.rule),
            command_data(&message)
        )
    }

    fn finish(&mut self, _: Summary) -> io::Result<()> {
        self.out.flush()
    }
}
