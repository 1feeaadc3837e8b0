//! Puts packages through all proofs, and writes the page of the reference.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use ingenium_codegen::Language;
use ingenium_proof::matrix::{PROOFS, Proven, markdown, prove};
use ingenium_proof::question::vectors;
use ingenium_proof::{repository, strangers};

/// Prove that packages of all languages say the same as the schemas
#[derive(Debug, Parser)]
struct Arguments {
    /// The languages; all of them if none is named
    #[arg(value_name = "LANG")]
    languages: Vec<String>,

    /// Generated payloads an event type
    #[arg(long, default_value_t = 10_000)]
    samples: usize,

    /// Other people's generators instead: what they make of the schemas, and what it loses
    #[arg(long, conflicts_with = "samples")]
    others: bool,

    /// Write nothing, and fail where the page of the reference would be another
    #[arg(long)]
    check: bool,
}

fn main() -> Result<ExitCode, String> {
    let arguments = Arguments::parse();
    if arguments.others {
        let vectors = vectors();
        let strangers = strangers::all(&vectors)?;
        let text = strangers::markdown(&strangers, &vectors);
        page("docs/reference/other-generators.md", &text, arguments.check)?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = arguments.languages.is_empty();
    let mut proven = Vec::new();
    for language in Language::ALL {
        if all
            || arguments
                .languages
                .iter()
                .any(|name| name == language.name())
        {
            let one = prove(language, arguments.samples)?;
            report(&one).map_err(|error| error.to_string())?;
            proven.push(one);
        }
    }
    if all {
        let text = markdown(&proven, arguments.samples);
        page("docs/reference/languages.md", &text, arguments.check)?;
    }
    Ok(if !proven.is_empty() && proven.iter().all(Proven::passed) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn report(one: &Proven) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} ({})", one.language.name(), one.runtime)?;
    for ((id, _), outcome) in PROOFS.iter().zip(&one.outcomes) {
        writeln!(
            out,
            "  {id}  {:>7} compared, {} wrong",
            outcome.compared,
            outcome.wrong.len()
        )?;
        for wrong in outcome.wrong.iter().take(5) {
            writeln!(out, "      {wrong}")?;
        }
    }
    out.flush()
}

/// Writes a page of the reference, or compares it.
fn page(path: &str, text: &str, check: bool) -> Result<(), String> {
    let file = repository().join(path);
    if !check {
        return std::fs::write(file, text).map_err(|error| format!("{path}: {error}"));
    }
    if std::fs::read_to_string(file).is_ok_and(|found| found == text) {
        return Ok(());
    }
    Err(format!(
        "{path} is stale: run `cargo xtask languages`, with `--others` for the other generators"
    ))
}
