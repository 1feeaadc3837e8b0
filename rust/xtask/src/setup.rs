//! `cargo xtask setup`: what the tests need beside Rust.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::console::out as say;

mod node;

/// A program that the tests call, and the Debian package that has it.
const PROGRAMS: &[(&str, &str)] = &[
    ("cc", "gcc"),
    ("sqlite3", "sqlite3"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// Installs what is missing as root, or says which command does it; then the packages that programs here call.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    programs()?;
    node::install(root)
}

fn programs() -> Result<(), String> {
    let missing: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!(
        "apt-get update && apt-get install --yes {}",
        missing.join(" ")
    );
    if !is_root() {
        return Err(format!(
            "missing: {}; install with\n\n    sudo sh -c '{install}'\n",
            missing.join(", ")
        ));
    }
    say(format!("installing {}", missing.join(", ")));
    let status = Command::new("sh")
        .args(["-c", &install])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{install}` failed: {status}"))
    }
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
