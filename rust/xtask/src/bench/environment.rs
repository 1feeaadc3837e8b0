//! Peers from PyPI: each in an environment of its own, since they ask for different versions of the same packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::console::out as say;
use crate::setup::pinned;

/// Installs the packages of `list`, a file of the repository, unless they are there; the Python that has them.
///
/// # Errors
/// The reason, in one line.
pub(crate) fn install(
    root: &Path,
    target: &Path,
    name: &str,
    list: &str,
) -> Result<PathBuf, String> {
    let folder = target.join("peers").join(name);
    let file = root.join(list);
    let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let python = folder.join("bin/python");
    pinned(&folder.join(".installed-from"), &text, || {
        say(format!("installing {name}"));
        if !python.is_file() {
            brief(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--disable-pip-version-check"]);
        // Building from source would measure this machine's compilers.
        pip.args(["--quiet", "--only-binary", ":all:", "--requirement"]);
        brief(pip.arg(&file))
    })?;
    Ok(python)
}

/// Runs a command of which only the last complaint matters.
fn brief(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| {
        let program = command.get_program().display();
        format!("cannot start {program}: {error}")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    let mut errors = complaints.lines().filter(|line| !line.trim().is_empty());
    let last = errors.next_back().map(ToOwned::to_owned);
    Err(last.unwrap_or_else(|| output.status.to_string()))
}
