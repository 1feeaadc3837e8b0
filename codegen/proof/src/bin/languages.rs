//! Puts packages through all proofs, and writes the page of the reference.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use ingenium_codegen::Language;
use ingenium_proof::matrix::{PROOFS, Proven, markdown, prove};
use ingenium_proof::repository;

/// Prove that packages of all languages say the same as the schemas
#[derive(Debug, Parser)]
struct Arguments {
    /// The languages; all of them if none is named
    #[arg(value_name = "LANG")]
    languages: Vec<String>,

    /// Generated payloads an event type
    #[arg(long, default_value_t = 10_000)]
    samples: usize,

    /// Write nothing, and fail where the page of the reference would be another
    #[arg(long)]
    check: bool,
}

fn main() -> Result<ExitCode, String> {
    let arguments = Arguments::parse();
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
        let page = repository().join("docs/reference/languages.md");
        let text = markdown(&proven, arguments.samples);
        if !arguments.check {
            std::fs::write(page, text).map_err(|error| error.to_string())?;
        } else if std::fs::read_to_string(page).ok() != Some(text) {
            return Err(
                "docs/reference/languages.md is stale: run `cargo xtask languages`".to_owned(),
            );
        }
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
