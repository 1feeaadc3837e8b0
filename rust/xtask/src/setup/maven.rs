//! What Maven needs to work without a network: the plugins and libraries of the generated artifact.

use std::fs;
use std::path::Path;

use super::{pinned, python};
use crate::console::out as say;

/// The artifact whose plugins and libraries all others have, too.
const PACKAGE: &str = "codegen/generated/java";

/// Builds a copy of the artifact once with a network, for the sake of what that brings.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let pom = fs::read(root.join(PACKAGE).join("pom.xml")).map_err(|error| error.to_string())?;
    // The first lines say where the file comes from, and nothing about what it needs.
    pinned(&root.join(".tools/maven-installed-from"), &pom, || {
        say("fetching the libraries and plugins of Maven".to_owned());
        let copy = root.join("target/maven");
        drop(fs::remove_dir_all(&copy));
        fs::create_dir_all(&copy).map_err(|error| error.to_string())?;
        let (from, to) = (format!("{PACKAGE}/."), copy.display().to_string());
        python::run(root, "cp", &["-r", &from, &to])?;
        python::run(&copy, "mvn", &["--quiet", "--batch-mode", "package"])
    })
}
