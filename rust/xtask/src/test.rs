//! `cargo xtask test`: the only list of checks. CI calls exactly this.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::console::out as say;

/// One check, a command of its own.
struct Stage {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const STAGES: &[Stage] = &[
    cargo("format", &["fmt", "--all", "--check"]),
    cargo(
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    cargo(
        "tests",
        &[
            "test",
            "--workspace",
            "--all-features",
            "--locked",
            "--no-fail-fast",
        ],
    ),
    Stage {
        name: "docs",
        program: "cargo",
        arguments: &["doc", "--workspace", "--no-deps", "--locked", "--quiet"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    cargo(
        "release",
        &[
            "build",
            "--release",
            "--locked",
            "--package",
            "ingenium-cli",
        ],
    ),
    cargo(
        "endurance",
        &[
            "xtask",
            "endurance",
            "--runs",
            "2",
            "--kills",
            "5",
            "--bars",
            "300",
        ],
    ),
];

const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Stage {
    Stage {
        name,
        program: "cargo",
        arguments,
        environment: &[],
    }
}

/// Runs every stage, also after one has failed, and prints what each took.
pub(crate) fn run(root: &Path) -> ExitCode {
    if let Err(message) = crate::setup::run() {
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
    let status = Command::new(stage.program)
        .args(stage.arguments)
        .envs(stage.environment.iter().copied())
        .env("INSTA_UPDATE", "no")
        .current_dir(root)
        .status();
    let passed = match status {
        Ok(status) => status.success(),
        Err(error) => {
            say(format!("cannot start `{}`: {error}", stage.program));
            false
        }
    };
    (passed, start.elapsed())
}
