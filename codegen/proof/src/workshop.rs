//! Where packages are made, compiled and tested, with the tools of their languages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ingenium_codegen::{Folder, Language, Options, Tree, package};

use crate::codec::Codec;
use crate::repository;

mod steps;

use steps::Steps;

/// A package in a folder of its own, compiled, with its tests passed.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its language.
    pub language: Language,
    /// Its folder.
    pub folder: PathBuf,
    /// The program that answers for it.
    pub codec: Codec,
    /// The commands that have passed, each with warnings as errors.
    pub passed: Vec<String>,
}

/// Generates the package of a language from `tree` into `folder`, compiles it with warnings as errors, and runs its own
/// tests.
///
/// # Errors
/// In words, what the first tool says that is not content.
pub fn make(language: Language, tree: &Tree, folder: &Path) -> Result<Product, String> {
    let files = package(tree, &Options::new(language)).map_err(|errors| errors.to_string())?;
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(io)?;
    let folder = folder.canonicalize().map_err(io)?;
    Folder::open(&folder)
        .and_then(|opened| opened.write(&files))
        .map_err(io)?;
    drop(fs::remove_file(folder.join(".made")));
    let steps = Steps::of(language, &folder)?;
    let mut passed = Vec::new();
    for step in &steps.commands {
        run(step, &folder, &steps.environment)?;
        passed.push(step.join(" "));
    }
    // Whoever only needs the package need not make it again.
    fs::write(folder.join(".made"), "").map_err(io)?;
    Ok(Product {
        language,
        codec: Codec {
            command: steps.codec,
            folder: folder.clone(),
            environment: steps.environment,
        },
        folder,
        passed,
    })
}

/// Runs one command, and returns what it says on standard output.
///
/// # Errors
/// In words, when it does not start or is not content.
pub fn run(
    command: &[String],
    folder: &Path,
    environment: &[(String, String)],
) -> Result<String, String> {
    let line = command.join(" ");
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let output = Command::new(program)
        .args(arguments)
        .env("PATH", path())
        .envs(environment.iter().cloned())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{line}`: {error}: run `cargo xtask setup`"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!(
        "`{line}` in {}: {}\n{said}{}",
        folder.display(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Where programs are found: those of the machine first.
fn path() -> std::ffi::OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":");
    path.push(tools().join("bin"));
    path
}

/// The folder of the tools that `cargo xtask setup` has brought.
#[must_use]
pub fn tools() -> PathBuf {
    repository().join(".tools")
}
