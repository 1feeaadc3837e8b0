//! SARIF 2.1.0: what code scanning shows. The component is the artifact, the check is the rule.

use serde_json::{Value, json};

use super::{CheckResult, Report, Subject, Verdict};

/// Where the format is defined.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(report: &Report) -> String {
    let told = |check: &&CheckResult| !check.verdict.is_good() || check.verdict == Verdict::Warn;
    let rules: Vec<Value> = report.checks.iter().map(rule).collect();
    let results: Vec<Value> = report
        .checks
        .iter()
        .enumerate()
        .filter(|(_, check)| told(check))
        .map(|(index, check)| result(index, check, &report.subject))
        .collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "ingenium conform", "semanticVersion": report.runner, "rules": rules,
                "informationUri": "https://github.com/ingenium/ingenium",
            }},
            "results": results,
            "properties": {
                "contract": report.contract, "role": report.role, "profile": report.profile,
                "conformant": report.conformant, "seed": report.seed,
            },
        }],
    });
    serde_json::to_string_pretty(&sarif).expect("JSON has string keys") + "\n"
}

fn rule(check: &CheckResult) -> Value {
    json!({
        "id": check.id,
        "name": check.id.replace('-', ""),
        "shortDescription": {"text": check.title},
        "help": {"text": if check.hint.is_empty() { &check.title } else { &check.hint }},
        "defaultConfiguration": {"level": level(check.verdict)},
    })
}

fn level(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Warn => "warning",
        verdict if verdict.is_good() => "note",
        _ => "error",
    }
}

fn result(index: usize, check: &CheckResult, subject: &Subject) -> Value {
    json!({
        "ruleId": check.id,
        "ruleIndex": index,
        "level": level(check.verdict),
        "message": {"text": check.sentence()},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": percent_encoding::utf8_percent_encode(
                &artifact(subject), percent_encoding::NON_ALPHANUMERIC).to_string()
                .replace("%2F", "/").replace("%2E", ".").replace("%2D", "-").replace("%5F", "_")},
        }}],
        "partialFingerprints": {"check": check.id},
    })
}

/// What was judged, as a path: the last word of a command that looks like a file, else its first.
fn artifact(subject: &Subject) -> String {
    match subject {
        Subject::Command(words) => words
            .iter()
            .rev()
            .find(|word| word.contains('.') && !word.starts_with('-') && !word.contains('{'))
            .or(words.first())
            .cloned()
            .unwrap_or_default(),
        Subject::Url(url) => url.clone(),
        Subject::Recording(file) => file.clone(),
    }
}
