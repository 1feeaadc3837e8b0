//! JSON: one document at the end, or a line for each diagnostic at once.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Diagnostic, Report, Summary, Words};

/// One document.
pub(super) struct Document {
    out: Box<dyn Write>,
    words: Words,
    findings: Vec<Value>,
}

impl Document {
    pub(super) fn new(out: Box<dyn Write>, words: Words) -> Self {
        Self {
            out,
            words,
            findings: Vec::new(),
        }
    }
}

impl Report for Document {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.findings.push(serde_json::to_value(diagnostic)?);
        Ok(())
    }

    fn finish(&mut self, summary: Summary) -> io::Result<()> {
        let mut document = Map::new();
        document.insert(self.words.checked.to_owned(), summary.checked.into());
        document.insert(self.words.bad.to_owned(), summary.bad.into());
        document.insert("omitted".to_owned(), summary.omitted.into());
        document.insert(
            "findings".to_owned(),
            std::mem::take(&mut self.findings).into(),
        );
        serde_json::to_writer_pretty(&mut self.out, &Value::Object(document))?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

/// A line each.
pub(super) struct Lines {
    out: Box<dyn Write>,
}

impl Lines {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out }
    }
}

impl Report for Lines {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, diagnostic)?;
        writeln!(self.out)
    }

    fn finish(&mut self, _: Summary) -> io::Result<()> {
        self.out.flush()
    }
}
