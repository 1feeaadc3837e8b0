//! A report on a terminal.

use std::io::Write;
use std::path::Path;

use ingenium_conformance::report::Subject;
use ingenium_conformance::{CheckResult, Report, Verdict};

use crate::terminal::Terminal;

/// Lines of a message that are shown: an event in binary mode has about twenty before its body.
const SHOWN: usize = 32;

pub(super) fn print(report: &Report, folder: &Path, terminal: Terminal) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let (is_colored, reset) = (terminal.color.is_on(&out), "\x1b[0m");
    let passive = matches!(report.subject, Subject::Recording(_));
    let mut unseen = 0;
    for check in &report.checks {
        if passive && matches!(check.verdict, Verdict::Skip | Verdict::NotExercised) {
            unseen += 1;
            continue;
        }
        let (word, id, title) = (check.verdict.word(), &check.id, &check.title);
        if is_colored {
            let color = color(check.verdict);
            writeln!(out, "{color}{word:<13}{reset} {id:<8} {title}")?;
        } else {
            writeln!(out, "{word:<13} {id:<8} {title}")?;
        }
        rows(&mut out, check)?;
        details(&mut out, check)?;
    }
    let (good, all) = report.score();
    let (role, contract) = (report.role, &report.contract);
    if passive {
        let events = report.emissions;
        writeln!(
            out,
            "{events} events; {unseen} checks have nothing to say about them or need the component itself"
        )?;
    }
    match (&report.claim, report.conformant) {
        (_, true) if passive => writeln!(
            out,
            "{good} of {all} checks are good; what was recorded makes no claim"
        )?,
        (Some(claim), _) => writeln!(out, "conformant: {good} of {all} checks, {claim}")?,
        (None, true) => writeln!(
            out,
            "{good} of {all} checks are good; this run makes no claim"
        )?,
        (None, false) => writeln!(
            out,
            "not conformant: {good} of {all} checks, role {role}, contract {contract}"
        )?,
    }
    writeln!(out, "report: {}", folder.join("report.html").display())
}

/// Green is good, yellow wants a look, red is bad.
const fn color(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "\x1b[32m",
        Verdict::Warn | Verdict::Xfail => "\x1b[33m",
        _ if verdict.is_good() => "\x1b[2m",
        _ => "\x1b[1;31m",
    }
}

/// Three verdicts a row, where they are not all the same good one.
fn rows(out: &mut impl Write, check: &CheckResult) -> std::io::Result<()> {
    for row in &check.rows {
        let (id, word, title) = (&row.id, row.verdict.word(), &row.title);
        let three = [row.spec, row.kafka, row.mt].map(Verdict::word);
        let three = three.join("/");
        writeln!(out, "    {word:<9} {id:<12} {three:<16} {title}")?;
        if !row.reason.is_empty() {
            writeln!(out, "              {}", row.reason)?;
        }
    }
    Ok(())
}

fn details(out: &mut impl Write, check: &CheckResult) -> std::io::Result<()> {
    for measured in &check.measured {
        writeln!(out, "    {measured}")?;
    }
    if !check.reason.is_empty() && check.verdict != Verdict::NotExercised {
        writeln!(out, "    {}", check.reason)?;
    }
    for (number, violation) in check.violations.iter().enumerate() {
        writeln!(out, "    {}", violation.message)?;
        // The report has the bytes of all that it shows.
        let shown = if number == 0 { SHOWN } else { 0 };
        let mut lines = violation.bytes.lines();
        for line in lines.by_ref().take(shown) {
            writeln!(out, "      | {line}")?;
        }
        if shown > 0 && lines.next().is_some() {
            writeln!(out, "      …")?;
        }
    }
    if check.violations_in_all > 0 {
        writeln!(out, "    … {} violations in all", check.violations_in_all)?;
    }
    if !check.hint.is_empty() {
        writeln!(out, "    fix: {}", check.hint)?;
    }
    if !check.repeat.is_empty() {
        writeln!(out, "    alone: {}", check.repeat)?;
        writeln!(out, "    why: ingenium conform explain {}", check.id)?;
    }
    Ok(())
}
