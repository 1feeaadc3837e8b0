//! `cargo xtask generate`: the files that follow from the schemas.

use std::path::Path;
use std::process::ExitCode;

use ingenium_codegen::{Change, FileSet, Tree};

use crate::console;

/// Writes what differs and says so.
pub(crate) fn write() -> ExitCode {
    run(|files, root| {
        for change in files.write(root)? {
            let verb = match change {
                Change::Missing(_) => "created",
                Change::Stale(_) => "updated",
                Change::Stray(_) => "removed",
            };
            console::out(format!("{verb} {}", change.path()));
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Writes nothing and lists what differs.
pub(crate) fn check() -> ExitCode {
    run(|files, root| {
        let changes = files.changes(root)?;
        for change in &changes {
            console::err(change);
        }
        if changes.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        console::err("run `cargo xtask generate`");
        Ok(ExitCode::FAILURE)
    })
}

fn run(action: impl FnOnce(&FileSet, &Path) -> std::io::Result<ExitCode>) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tree = match Tree::open(&root.join("schemas")) {
        Ok(tree) => tree,
        Err(error) => {
            console::err(format!("error: schemas: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let files = match ingenium_codegen::generate(&tree) {
        Ok(files) => files,
        Err(errors) => {
            for error in errors.iter() {
                console::err(format!("error: {error}"));
            }
            return ExitCode::FAILURE;
        }
    };
    action(&files, &root).unwrap_or_else(|error| {
        console::err(format!("error: {error}"));
        ExitCode::FAILURE
    })
}
