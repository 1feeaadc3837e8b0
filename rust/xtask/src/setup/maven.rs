//! What Maven needs to work without a network: the plugins and libraries of the generated artifact.

use std::fs;
use std::path::Path;

use super::{pinned, python};
use crate::console::out as say;

/// The artifact whose plugins and libraries all others have, too.
const PACKAGE: &str = "codegen/generated/java";

/// The example on the official CloudEvents SDK.
const EXAMPLE: &str = "conformance/examples/java/sdk";

/// Builds copies once with a network, for the sake of what that brings.
pub(super) fn install(root: &Path) -> Result<(), String> {
    fetch(root, PACKAGE, "maven")?;
    fetch(root, EXAMPLE, "maven-sdk")
}

fn fetch(root: &Path, from: &str, name: &str) -> Result<(), String> {
    let pom = fs::read(root.join(from).join("pom.xml")).map_err(|error| error.to_string())?;
    pinned(
        &root.join(format!(".tools/{name}-installed-from")),
        &pom,
        || {
            say(format!("fetching the libraries and plugins of {from}"));
            let copy = root.join("target").join(name);
            drop(fs::remove_dir_all(&copy));
            fs::create_dir_all(&copy).map_err(|error| error.to_string())?;
            let (from, to) = (format!("{from}/."), copy.display().to_string());
            python::run(root, "cp", &["-r", &from, &to])?;
            python::run(&copy, "mvn", &["--quiet", "--batch-mode", "package"])
        },
    )
}
