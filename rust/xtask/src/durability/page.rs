//! `docs/durability.md`: what was promised, how it was tried, and what came of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::report::Report;
use crate::console::out as say;

const PATH: &str = "docs/durability.md";

const HEAD: &str = "\
# Durability

What the embedded broker promises when processes, disks and peers fail, and how it was tried. Each section is one harness
against the real binary `ingenium broker`, over HTTP and on a real file; what publishers saw acknowledged and what
subscribers received is judged by a checker that shares no code with the broker. The checker itself is held to faults that
are put into a sound record: a lost row, a row twice, a changed byte, an inversion, a missing delivery; each is found
(`cargo test -p xtask durability`).

Why it is built so: [0050](decisions/0050-durability-is-tried-from-outside.md), and with the power
cut [0052](decisions/0052-the-power-is-cut.md). `cargo xtask test` runs `cargo xtask
durability quick`, which is small sizes of the first four; this page is written by `cargo xtask durability`.
";

/// Writes the page from the reports of one run.
pub(super) fn write(root: &Path, dev: bool, reports: &[Report]) -> Result<(), String> {
    let mut page = format!("{HEAD}\n{}\n", machine(root, dev)?);
    for report in reports {
        page.push_str(&format!("\n{}", report.section()));
    }
    let path = root.join(PATH);
    fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    say(format!("\n{PATH} is written"));
    Ok(())
}

/// What the figures depend on.
fn machine(root: &Path, dev: bool) -> Result<String, String> {
    let folder = root.display().to_string();
    let facts = [
        ("date", said("date", &["-u", "+%Y-%m-%d"])?),
        ("kernel", said("uname", &["-sr"])?),
        ("processors", said("nproc", &[])?),
        ("file system", said("stat", &["-f", "-c", "%T", &folder])?),
        ("SQLite", rusqlite::version().to_owned()),
        (
            "profile of the binary",
            if dev { "dev" } else { "release" }.to_owned(),
        ),
    ];
    let lines: Vec<String> = facts
        .iter()
        .map(|(name, value)| format!("| {name} | {value} |"))
        .collect();
    Ok(format!("| machine | |\n|---|---|\n{}", lines.join("\n")))
}

fn said(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
