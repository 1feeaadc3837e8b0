//! What a command has found, for people and for programs: one shape, many formats.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;

use crate::terminal::Color;

mod github;
mod json;
mod junit;
mod pretty;
mod sarif;

pub(crate) use ingenium_contract::Level;

/// One thing that is wrong, at one place of one file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Diagnostic {
    /// The file as it was named, or `stdin`.
    pub(crate) file: Arc<str>,
    /// From 1.
    pub(crate) line: u64,
    /// From 1, in characters.
    pub(crate) column: u64,
    /// The stable id of the broken rule.
    pub(crate) rule: &'static str,
    /// Whether it is an error.
    pub(crate) level: Level,
    /// JSON pointer to the value; empty for the whole.
    pub(crate) pointer: String,
    /// Byte range in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) span: Option<Range<u64>>,
    /// What is wrong, with the value.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) help: String,
    /// The text around the place, for people.
    #[serde(skip)]
    pub(crate) excerpt: Option<Excerpt>,
}

/// A piece of a file with the bytes that a diagnostic is about.
#[derive(Debug, Clone)]
pub(crate) struct Excerpt {
    /// What it is a piece of, in a word.
    pub(crate) what: &'static str,
    pub(crate) text: String,
    pub(crate) mark: Range<usize>,
}

/// What was looked at, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Things that were judged.
    pub(crate) checked: u64,
    /// Those with an error.
    pub(crate) bad: u64,
    /// Diagnostics that were found but, being too many, not reported one by one.
    pub(crate) omitted: u64,
}

/// Writes diagnostics as they come; what needs all of them writes at the end.
pub(crate) trait Report {
    /// Takes a diagnostic.
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()>;

    /// Learns that nothing more comes about `file`.
    fn file(&mut self, file: &Arc<str>, summary: Summary) -> io::Result<()> {
        let _ = (file, summary);
        Ok(())
    }

    /// Ends the report.
    fn finish(&mut self, summary: Summary) -> io::Result<()>;
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Pretty,
    /// One JSON object
    Json,
    /// One JSON object a finding, a line each
    Jsonl,
    /// JUnit XML, for CI servers
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// What is judged, in the words of the command: `events` and `invalid`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) checked: &'static str,
    pub(crate) bad: &'static str,
}

impl Format {
    /// A report in this format.
    pub(crate) fn report(self, out: Box<dyn Write>, words: Words, color: Color) -> Box<dyn Report> {
        match self {
            Self::Pretty => Box::new(pretty::Pretty::new(out, color)),
            Self::Json => Box::new(json::Document::new(out, words)),
            Self::Jsonl => Box::new(json::Lines::new(out)),
            Self::Junit => Box::new(junit::Junit::new(out, words)),
            Self::Sarif => Box::new(sarif::Sarif::new(out)),
            Self::Github => Box::new(github::Github::new(out)),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// A further report, into a file: `junit=report.xml`.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) path: std::path::PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("expected KIND=FILE, such as `junit=report.xml`")?;
        Ok(Self {
            format: Format::from_str(kind, false)?,
            path: path.into(),
        })
    }
}
