//! `cargo xtask agreement`: generated payloads before all judges, by the program of `ingenium-fuzz`.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::console;

/// Runs the program in its optimised build: a million inputs take seconds there.
pub(crate) fn run(root: &Path, options: &[&str]) -> ExitCode {
    let (mut inputs, mut seed) = ("1000000", "1");
    let mut rest = options;
    while let [name, value, others @ ..] = rest {
        match *name {
            "--inputs" => inputs = value,
            "--seed" => seed = value,
            _ => break,
        }
        rest = others;
    }
    if !rest.is_empty() {
        console::err("usage: cargo xtask agreement [--inputs N] [--seed N]");
        return ExitCode::from(2);
    }
    let status = Command::new("cargo")
        .args([
            "run",
            "--release",
            "--locked",
            "--quiet",
            "--package",
            "ingenium-fuzz",
        ])
        .args(["--bin", "agreement", "--", inputs, seed])
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
