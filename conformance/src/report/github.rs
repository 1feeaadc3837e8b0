//! Workflow commands that GitHub shows as annotations.

use super::{Report, Verdict};

pub(super) fn render(report: &Report) -> String {
    let mut lines = String::new();
    for check in &report.checks {
        let kind = match check.verdict {
            Verdict::Warn => "warning",
            verdict if verdict.is_good() => continue,
            _ => "error",
        };
        let title = command_property(&format!("{} {}", check.id, check.title));
        let text = command_data(&format!("{}\n{}", check.sentence(), check.hint));
        lines.push_str(&format!("::{kind} title={title}::{text}\n"));
    }
    lines
}

/// What the text of a command may hold: what ends a command or starts another is encoded.
#[must_use]
pub fn command_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What a property of a command may hold.
#[must_use]
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}
