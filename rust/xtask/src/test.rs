//! `cargo xtask test`: the only list of checks. CI calls exactly this.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::console::out as say;

/// One check: a cargo command of its own.
struct Stage {
    name: &'static str,
    command: &'static str,
    environment: &'static [(&'static str, &'static str)],
}

/// Endurance and durability run the binary that the tests have built: an optimised one would take minutes to build and prove no more.
const STAGES: &[Stage] = &[
    stage("format", "fmt --all --check"),
    stage(
        "clippy",
        "clippy --workspace --all-features --all-targets --locked -- -D warnings",
    ),
    stage(
        "tests",
        "test --workspace --all-features --locked --no-fail-fast",
    ),
    Stage {
        name: "docs",
        command: "doc --workspace --all-features --no-deps --locked --quiet",
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    stage("languages", "xtask languages --check"),
    stage("foreign", "xtask foreign"),
    stage("generators", "xtask languages --others --check"),
    stage(
        "endurance",
        "xtask endurance --profile dev --runs 1 --kills 8 --bars 300",
    ),
    stage("durability", "xtask durability quick"),
];

const fn stage(name: &'static str, command: &'static str) -> Stage {
    Stage {
        name,
        command,
        environment: &[],
    }
}

/// Runs every stage, also after one has failed, and prints what each took.
pub(crate) fn run(root: &Path) -> ExitCode {
    if let Err(message) = crate::setup::run(root) {
        say(&message);
        return ExitCode::FAILURE;
    }
    let mut results = Vec::with_capacity(STAGES.len());
    for stage in STAGES {
        say(format!("\n== {} ==", stage.name));
        let (passed, took) = timed(root, stage);
        results.push((stage.name, passed, took));
    }
    say("\nstage          seconds  result");
    for (name, passed, took) in &results {
        let result = if *passed { "ok" } else { "FAILED" };
        say(format!("{name:<14} {:>7.1}  {result}", took.as_secs_f64()));
    }
    let total: Duration = results.iter().map(|(_, _, took)| *took).sum();
    let failed = results.iter().filter(|(_, passed, _)| !passed).count();
    say(format!("{:<14} {:>7.1}", "total", total.as_secs_f64()));
    say(format!(
        "{} passed, {failed} failed",
        results.len() - failed
    ));
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a developer command"
)]
fn timed(root: &Path, stage: &Stage) -> (bool, Duration) {
    let start = Instant::now();
    let status = Command::new("cargo")
        .args(stage.command.split(' '))
        .envs(stage.environment.iter().copied())
        .env("INSTA_UPDATE", "no")
        .current_dir(root)
        .status();
    let passed = match status {
        Ok(status) => status.success(),
        Err(error) => {
            say(format!("cannot start cargo: {error}"));
            false
        }
    };
    (passed, start.elapsed())
}
