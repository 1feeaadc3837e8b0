//! The binary `ingenium` that a developer command runs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it with the profile `dev` or `release`, and says where it is.
pub(crate) fn build(root: &Path, dev: bool) -> Result<PathBuf, String> {
    let (profile, folder) = if dev {
        ("dev", "debug")
    } else {
        ("release", "release")
    };
    let status = Command::new("cargo")
        .args([
            "build",
            "--profile",
            profile,
            "--locked",
            "--quiet",
            "--package",
            "ingenium-cli",
        ])
        .current_dir(root)
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the build failed".to_owned());
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join(folder).join("ingenium"))
}
