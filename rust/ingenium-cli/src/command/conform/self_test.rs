//! The judge judged, with the mutants in this very binary and the reference components beside them.

use std::io::Write as _;
use std::path::PathBuf;

use ingenium_conformance::mutant::Given;
use ingenium_conformance::self_test::{Plan, Sound, self_test};
use ingenium_conformance::{Role, mutant};

use super::interrupt::{REPORT, unless_interrupted};
use crate::command::runtime;
use crate::exit::{Code, Failure};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  $ ingenium conform self-test --markdown")]
pub(super) struct Arguments {
    /// How many components run at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    at_once: usize,

    /// Print the kill matrix as Markdown
    #[arg(long)]
    markdown: bool,

    /// Where the reports go
    #[arg(
        long,
        value_name = "DIR",
        default_value = "conformance-report/self-test"
    )]
    dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Mutant {
    #[arg(long)]
    role: Role,

    #[arg(long = "as")]
    name: String,

    #[arg(long)]
    live: bool,

    #[arg(long)]
    margin: bool,

    #[arg(long)]
    state: Option<PathBuf>,

    #[arg(long)]
    token: Option<String>,
}

pub(super) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let program = program.display().to_string();
    let words = |words: &[&str]| -> Vec<String> {
        let words = words.iter().map(|word| (*word).to_owned());
        std::iter::once(program.clone()).chain(words).collect()
    };
    let reference = [
        (Role::Ingestor, "ingestor/csv"),
        (Role::Strategy, "strategy/rsi"),
        (Role::Portfolio, "portfolio/long-only"),
        (Role::Executor, "executor/paper"),
    ];
    let plan = Plan {
        mutant: words(&["conform", "mutant"]),
        sound: reference
            .iter()
            .map(|(role, name)| Sound {
                role: *role,
                name: (*name).to_owned(),
                command: words(&["run", name]),
            })
            .collect(),
        output: arguments.dir.clone(),
        at_once: arguments.at_once,
    };
    let work = async { self_test(&plan).await.map_err(Failure::internal) };
    let matrix = unless_interrupted(work, REPORT)?;
    let mut out = std::io::stdout().lock();
    let problems = matrix.problems();
    if arguments.markdown {
        out.write_all(matrix.markdown().as_bytes())
            .map_err(Failure::internal)?;
    } else {
        for row in &matrix.rows {
            let failed: Vec<&str> = row.failed.iter().map(String::as_str).collect();
            let (role, name, failed) = (row.role.name(), &row.name, failed.join(" "));
            writeln!(out, "{role:<10} {name:<28} {failed}").map_err(Failure::internal)?;
        }
        writeln!(out, "{}", matrix.summary()).map_err(Failure::internal)?;
    }
    for problem in &problems {
        writeln!(std::io::stderr().lock(), "{problem}").map_err(Failure::internal)?;
    }
    Ok(if problems.is_empty() {
        Code::Good
    } else {
        Code::Bad
    })
}

pub(super) fn execute_mutant(arguments: &Mutant) -> Result<Code, Failure> {
    let given = Given {
        live: arguments.live,
        margin: arguments.margin,
        state: arguments.state.clone(),
        token: arguments.token.clone(),
    };
    runtime()?
        .block_on(mutant::run(arguments.role, &arguments.name, given))
        .map_err(Failure::usage)?;
    Ok(Code::Good)
}
