//! Packages of Python: type checker and other people's validators, pinned by a list, in an environment of their own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::pinned;
use crate::console::out as say;

/// What is installed.
const LIST: &str = "rust/xtask/python/requirements.txt";

/// Where.
pub(super) const FOLDER: &str = ".tools/python";

/// Installs the packages, unless those of this very list are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let list = fs::read(root.join(LIST)).map_err(|error| format!("{LIST}: {error}"))?;
    pinned(&folder.join(".installed-from"), &list, || {
        say(format!("installing the packages of {LIST}"));
        let python = folder.join("bin/python");
        if !python.is_file() {
            run(root, "python3", &["-m", "venv", FOLDER])?;
        }
        let python = python.display().to_string();
        let quiet = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        run(
            root,
            &python,
            &[&quiet[..], &["--requirement", LIST]].concat(),
        )
    })
}

/// Runs a program in the repository.
pub(super) fn run(root: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed: {status}")),
        Err(error) => Err(format!("`{line}`: {error}")),
    }
}
