//! A page for people in a hurry.

use super::{CheckResult, Report, RowResult, Verdict};

pub(super) fn render(report: &Report) -> String {
    let (good, all) = report.score();
    let head = match (&report.claim, report.conformant) {
        (Some(claim), _) => format!("**Conformant**: {claim}, {good} of {all} checks."),
        (None, true) => format!("{good} of {all} checks are good; this run makes no claim."),
        (None, false) => format!("**Not conformant**: {good} of {all} checks are good."),
    };
    let mut page = format!(
        "# Conformance of a {}\n\n{head}\n\n| | |\n|---|---|\n| Subject | `{}` |\n| Contract | {} |\n| Profile | {} |\n\
         | Emissions | {} |\n| Deliveries | {} |\n| Took | {} ms |\n| Seed | {} |\n",
        report.role,
        cell(&report.subject.to_string()),
        report.contract,
        report.profile,
        report.emissions,
        report.deliveries,
        report.took_ms,
        report.seed
    );
    section(&mut page, report, "What fails", |check| {
        !check.verdict.is_good()
    });
    section(&mut page, report, "What should be better", |check| {
        check.verdict == Verdict::Warn
    });
    page.push_str("\n## All checks\n\n| Check | Verdict | What holds |\n|---|---|---|\n");
    for check in &report.checks {
        page.push_str(&format!(
            "| {} | {} | {} |\n",
            check.id,
            check.verdict.word(),
            cell(&check.title)
        ));
    }
    rows(&mut page, report);
    page
}

/// The rows of checks about brokers: three verdicts each.
fn rows(page: &mut String, report: &Report) {
    let rows: Vec<&RowResult> = report.checks.iter().flat_map(|check| &check.rows).collect();
    if rows.is_empty() {
        return;
    }
    page.push_str(
        "\n## All rows\n\n| Row | Counts | spec | kafka | mt | What |\n|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let [counts, spec, kafka, mt] =
            [row.verdict, row.spec, row.kafka, row.mt].map(Verdict::word);
        let (id, title) = (&row.id, cell(&row.title));
        page.push_str(&format!(
            "| {id} | {counts} | {spec} | {kafka} | {mt} | {title} |\n"
        ));
    }
}

fn section(page: &mut String, report: &Report, title: &str, wanted: impl Fn(&CheckResult) -> bool) {
    let checks: Vec<&CheckResult> = report.checks.iter().filter(|check| wanted(check)).collect();
    if checks.is_empty() {
        return;
    }
    page.push_str(&format!("\n## {title}\n"));
    for check in checks {
        page.push_str(&format!(
            "\n### {} {}: {}\n\n{}\n\nFix: {}\n",
            check.verdict.word(),
            check.id,
            check.title,
            text(&check.sentence()),
            check.hint
        ));
        if !check.repeat.is_empty() {
            page.push_str(&format!("\nAlone: {}\n", code(&check.repeat)));
        }
        for violation in check.violations.iter().filter(|one| !one.bytes.is_empty()) {
            page.push_str(&format!("\n{}\n", block(&violation.bytes)));
        }
    }
}

/// Text that Markdown and HTML leave alone.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '[' | ']' | '!' | '#' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('\n', " ")
        .replace('`', "'")
}

/// Code in a line: fenced with more backticks than it holds.
fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    format!("{fence} {} {fence}", text.replace('\n', " "))
}

/// Code in a block: fenced with more backticks than it holds.
fn block(text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!("{fence}text\n{}\n{fence}", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}
