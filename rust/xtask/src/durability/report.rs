//! What a harness found, for people.

use crate::console::out as say;

/// One way in which the promises were tried.
pub(super) struct Report {
    pub(super) title: &'static str,
    /// What is promised, and how it was tried, in paragraphs of Markdown.
    pub(super) text: String,
    /// Header and rows.
    pub(super) table: Vec<Vec<String>>,
    /// The command that repeats it.
    pub(super) command: String,
}

impl Report {
    /// Prints the figures.
    pub(super) fn print(&self) {
        say(format!("\n{}: passed", self.title));
        for line in self.lines() {
            say(format!("  {line}"));
        }
    }

    /// The section of the page.
    pub(super) fn section(&self) -> String {
        format!(
            "## {}\n\n{}\n\n{}\n\nAgain: `{}`\n",
            self.title,
            self.text.trim(),
            self.lines().join("\n"),
            self.command
        )
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, row) in self.table.iter().enumerate() {
            lines.push(format!("| {} |", row.join(" | ")));
            if index == 0 {
                lines.push(format!("|{}", "---|".repeat(row.len())));
            }
        }
        lines
    }
}

/// A row of a table.
pub(super) fn row<const N: usize>(cells: [&dyn std::fmt::Display; N]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}
