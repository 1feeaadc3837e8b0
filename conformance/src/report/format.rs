//! The forms in which a report leaves the runner.

use std::path::Path;

use super::{Report, badge, github, html, junit, sarif, summary};

/// One form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `report.json`: the report itself.
    Json,
    /// `junit.xml`: one test case a check.
    Junit,
    /// `report.sarif`: what code scanning shows.
    Sarif,
    /// `report.html`: one file that needs no network.
    Html,
    /// `summary.md`: a page for people in a hurry.
    Markdown,
    /// `badge.svg`.
    Badge,
    /// `badge.json`: the badge as shields.io's endpoint reads it.
    Endpoint,
    /// Workflow commands for GitHub's annotations.
    Github,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Json,
        Self::Junit,
        Self::Sarif,
        Self::Html,
        Self::Markdown,
        Self::Badge,
        Self::Endpoint,
        Self::Github,
    ];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Badge => "badge",
            Self::Endpoint => "endpoint",
            Self::Github => "github",
        }
    }

    /// The file that it goes to unless told otherwise.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Junit => "junit.xml",
            Self::Sarif => "report.sarif",
            Self::Html => "report.html",
            Self::Markdown => "summary.md",
            Self::Badge => "badge.svg",
            Self::Endpoint => "badge.json",
            Self::Github => "annotations.txt",
        }
    }

    /// The report in this form.
    #[must_use]
    pub fn render(self, report: &Report) -> String {
        match self {
            Self::Json => {
                serde_json::to_string_pretty(report).expect("a report has string keys only") + "\n"
            }
            Self::Junit => junit::render(report),
            Self::Sarif => sarif::render(report),
            Self::Html => html::render(report),
            Self::Markdown => summary::render(report),
            Self::Badge => badge::svg(report),
            Self::Endpoint => badge::endpoint(report),
            Self::Github => github::render(report),
        }
    }
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|format| format.name() == text);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|format| format.name()).collect();
            format!(
                "`{text}` is no form of a report: use one of {}",
                names.join(", ")
            )
        })
    }
}

/// Writes the report in one form.
///
/// # Errors
/// What the system says.
pub fn write(report: &Report, format: Format, file: &Path) -> std::io::Result<()> {
    std::fs::write(file, format.render(report))
}
