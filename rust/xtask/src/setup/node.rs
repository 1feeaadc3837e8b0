//! Packages of Node: other people's validators and test suites, pinned by a lock file.

use std::fs;
use std::path::Path;

use super::{pinned, python};
use crate::console::out as say;

/// Where the lock file and the scripts that use the packages stand.
const FOLDER: &str = "rust/xtask/node";

/// Installs the packages, unless those of this very lock file are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let lock = fs::read(folder.join("package-lock.json"))
        .map_err(|error| format!("package-lock.json: {error}"))?;
    pinned(&folder.join("node_modules/.installed-from"), &lock, || {
        say(format!(
            "installing the packages of {FOLDER}/package-lock.json"
        ));
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        python::run(&folder, "npm", &arguments)
    })
}
