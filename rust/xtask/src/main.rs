//! Developer commands: setup, generate, test; holds the tidy tests.

use std::process::ExitCode;

mod console;
mod generate;

const USAGE: &str = "\
Developer commands of this repository

Usage: cargo xtask <COMMAND>

Commands:
  generate [--check]  Write every generated file and print what changed
                      With --check write nothing and exit 1 if a file is stale
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["help" | "--help" | "-h"] => {
            console::out(USAGE.trim_end());
            ExitCode::SUCCESS
        }
        _ => {
            console::err(USAGE.trim_end());
            ExitCode::from(2)
        }
    }
}
