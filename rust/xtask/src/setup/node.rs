//! Packages of Node: other people's validators and test suites, pinned by a lock file.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::console::out as say;

/// Where the lock file and the scripts that use the packages stand.
const FOLDER: &str = "rust/xtask/node";

/// Installs the packages, unless those of this very lock file are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let read = |name: &str| fs::read(folder.join(name));
    let lock = read("package-lock.json").map_err(|error| format!("package-lock.json: {error}"))?;
    if read("node_modules/.installed-from").is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(format!(
        "installing the packages of {FOLDER}/package-lock.json"
    ));
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .status()
        .map_err(|error| format!("cannot start npm: {error}"))?;
    if !status.success() {
        return Err(format!("`npm ci` in {FOLDER} failed: {status}"));
    }
    fs::write(folder.join("node_modules/.installed-from"), lock).map_err(|error| error.to_string())
}
