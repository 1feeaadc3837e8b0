//! One file that needs no network: what failed first, the bytes beside the expected, search by id.

use super::badge::escape;
use super::{CheckResult, Report, RowResult, Verdict};
use crate::catalogue;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn render(report: &Report) -> String {
    let (good, all) = report.score();
    let state = match (&report.claim, report.conformant) {
        (Some(claim), _) => ("good", format!("Conformant: {claim}")),
        (None, true) => ("part", "Good, and this run makes no claim".to_owned()),
        (None, false) => ("bad", "Not conformant".to_owned()),
    };
    let facts = [
        ("Subject", report.subject.to_string()),
        ("Role", report.role.to_string()),
        ("Profile", report.profile.to_string()),
        (
            "Contract",
            format!("{} {}", report.contract, report.contract_digest),
        ),
        ("Runner", report.runner.clone()),
        ("Began", report.started.clone()),
        ("Took", format!("{} ms", report.took_ms)),
        (
            "Events",
            format!("{} sent, {} emitted", report.deliveries, report.emissions),
        ),
        ("Seed", report.seed.to_string()),
    ];
    let facts: String = facts
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(value)))
        .collect();
    let mut checks: Vec<&CheckResult> = report.checks.iter().collect();
    checks.sort_by_key(|check| rank(check.verdict));
    let checks: String = checks.into_iter().map(check).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header class=\"{class}\">\n<h1>{head}</h1>\n\
         <p>{good} of {all} checks</p>\n</header>\n<main>\n<dl>{facts}</dl>\n\
         <p class=\"search\"><label for=\"q\">Find a check</label> <input id=\"q\" type=\"search\" \
         placeholder=\"ENV-02, retry, order …\" autocomplete=\"off\"> <span id=\"n\" aria-live=\"polite\"></span></p>\n\
         {checks}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        title = escape(&format!("Ingenium {}: {}", report.role, state.1)),
        class = state.0,
        head = escape(&state.1),
    )
}

/// What has to be looked at comes first.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        verdict if !verdict.is_good() => 0,
        Verdict::Warn => 1,
        Verdict::Pass => 2,
        _ => 3,
    }
}

fn class(verdict: Verdict) -> &'static str {
    match rank(verdict) {
        0 => "bad",
        1 => "warn",
        2 => "good",
        _ => "aside",
    }
}

fn check(check: &CheckResult) -> String {
    let open = if rank(check.verdict) == 0 {
        " open"
    } else {
        ""
    };
    let mut body = String::new();
    if !check.reason.is_empty() {
        body.push_str(&format!("<p>{}</p>", escape(&check.reason)));
    }
    for measured in &check.measured {
        body.push_str(&format!("<p>{}</p>", escape(measured)));
    }
    for (nth, violation) in check.violations.iter().enumerate() {
        body.push_str(&format!(
            "<p class=\"what\">{}</p>",
            escape(&violation.message)
        ));
        if !violation.bytes.is_empty() {
            // Once is enough to know what it should be.
            let example = if nth == 0 { passing(&check.id) } else { None };
            body.push_str(&beside(&violation.bytes, example));
        }
    }
    if !check.rows.is_empty() {
        body.push_str(&rows(&check.rows));
    }
    if check.violations_in_all > 0 {
        body.push_str(&format!(
            "<p>{} violations in all</p>",
            check.violations_in_all
        ));
    }
    if !check.hint.is_empty() {
        body.push_str(&format!(
            "<p class=\"fix\"><b>Fix</b> {}</p>",
            escape(&check.hint)
        ));
    }
    if !check.repeat.is_empty() {
        let repeat = escape(&check.repeat);
        body.push_str(&format!("<p><b>Alone</b></p><pre>{repeat}</pre>"));
    }
    format!(
        "<details class=\"check {class}\" id=\"{id}\"{open}><summary><span class=\"verdict\">{verdict}</span> \
         <b>{id}</b> <span>{title}</span></summary>{body}</details>\n",
        class = class(check.verdict),
        id = escape(&check.id),
        verdict = check.verdict.word(),
        title = escape(&check.title),
    )
}

/// The rows of a check about brokers.
fn rows(rows: &[RowResult]) -> String {
    let cell =
        |verdict: Verdict| format!("<td class=\"{}\">{}</td>", class(verdict), verdict.word());
    let lines: String = rows
        .iter()
        .map(|row| {
            let row_id = row.id.rsplit('/').next().unwrap_or_default();
            let reason = if row.reason.is_empty() {
                String::new()
            } else {
                format!("<br><small>{}</small>", escape(&row.reason))
            };
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}{reason}</td>{}{}{}{}</tr>",
                escape(row_id),
                escape(&row.title),
                cell(row.verdict),
                cell(row.spec),
                cell(row.kafka),
                cell(row.mt),
            )
        })
        .collect();
    format!(
        "<div class=\"rows\"><table><thead><tr><th scope=\"col\">Row</th><th scope=\"col\">What</th>\
         <th scope=\"col\">Counts</th><th scope=\"col\">spec</th><th scope=\"col\">kafka</th>\
         <th scope=\"col\">mt</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )
}

fn beside(failing: &str, passing: Option<&str>) -> String {
    let expected = passing.map_or_else(String::new, |passing| {
        format!(
            "<figure><figcaption>What passes, for example</figcaption><pre>{}</pre></figure>",
            escape(passing)
        )
    });
    format!(
        "<div class=\"beside\"><figure><figcaption>What was seen</figcaption><pre>{}</pre></figure>{expected}</div>",
        escape(failing)
    )
}

/// The passing bytes of a check's page.
fn passing(id: &str) -> Option<&'static str> {
    let (_, rest) = catalogue::page(id)?.split_once("## Passes\n\n```text\n")?;
    Some(rest.split_once("\n```")?.0)
}
