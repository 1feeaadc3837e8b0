//! `cargo xtask languages`: the packages of all languages before the judge, by the program of `ingenium-proof`.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::console;

/// Runs the program, which understands the options.
pub(crate) fn run(root: &Path, options: &[&str]) -> ExitCode {
    call(root, &["--bin", "languages", "--"], options)
}

/// The components of other languages before the judge.
pub(crate) fn foreign(root: &Path, options: &[&str]) -> ExitCode {
    call(root, &["--bin", "foreign", "--"], options)
}

/// How fast packages are, in an optimised build of what makes them.
pub(crate) fn speed(root: &Path) -> ExitCode {
    call(root, &["--release", "--bin", "speed"], &[])
}

fn call(root: &Path, program: &[&str], options: &[&str]) -> ExitCode {
    let status = Command::new("cargo")
        .args(["run", "--locked", "--quiet", "--package", "ingenium-proof"])
        .args(program)
        .args(options)
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            console::err(format!("cannot start cargo: {error}"));
            ExitCode::FAILURE
        }
    }
}
