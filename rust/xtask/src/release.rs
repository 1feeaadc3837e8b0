//! `cargo xtask release`: the contract of today, frozen.

use std::path::Path;
use std::process::ExitCode;

use ingenium_codegen::Tree;
use ingenium_codegen::release::{Release, open};

use crate::console;

/// Prepares the release against all earlier ones, and writes it.
pub(crate) fn run(root: &Path, version: &str) -> ExitCode {
    match release(&root.join("schemas"), version) {
        Ok(()) => {
            console::out(format!(
                "schemas/released/{version} is frozen: commit and tag it"
            ));
            ExitCode::SUCCESS
        }
        Err(message) => {
            console::err(message);
            ExitCode::FAILURE
        }
    }
}

fn release(schemas: &Path, version: &str) -> Result<(), String> {
    let tree = Tree::open(schemas).map_err(|error| format!("schemas: {error}"))?;
    let released = schemas.join("released");
    let mut earlier = Vec::new();
    if released.is_dir() {
        let folders = std::fs::read_dir(&released).map_err(|error| error.to_string())?;
        for folder in folders {
            let folder = folder.map_err(|error| error.to_string())?.path();
            earlier.push(open(&folder).map_err(|errors| errors.to_string())?);
        }
    }
    let release =
        Release::prepare(&tree, version, &earlier).map_err(|errors| errors.to_string())?;
    release.write(&released).map_err(|error| error.to_string())
}
