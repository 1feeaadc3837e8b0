//! `cargo xtask setup`: what the tests need beside Rust.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::console::out as say;

mod go;
mod maven;
mod node;
mod published;
mod python;

/// A program that the tests call, and the Debian package that has it.
const PROGRAMS: &[(&str, &str)] = &[
    ("cc", "gcc"),
    ("sqlite3", "sqlite3"),
    ("strace", "strace"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("python3", "python3 python3-venv"),
    ("javac", "openjdk-17-jdk-headless"),
    ("mvn", "maven"),
];

/// Installs what is missing as root, or says which command does it; then the packages that programs here call.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    need(PROGRAMS)?;
    node::install(root)?;
    python::install(root)?;
    published::install(root)?;
    go::install(root)?;
    maven::install(root)
}

/// Installs something, unless what `mark` says was installed from the very same `list`.
pub(crate) fn pinned(
    mark: &Path,
    list: &[u8],
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    if std::fs::read(mark).is_ok_and(|installed| installed == list) {
        return Ok(());
    }
    install()?;
    if let Some(folder) = mark.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    std::fs::write(mark, list).map_err(|error| error.to_string())
}

/// Installs those of these programs that are missing as root, or says which command does it.
pub(crate) fn need(programs: &[(&str, &str)]) -> Result<(), String> {
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    packages(&missing)
}

/// Installs Debian's packages as root, or says which command does it.
pub(crate) fn packages(missing: &[&str]) -> Result<(), String> {
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!(
        "apt-get update && apt-get install --yes {}",
        missing.join(" ")
    );
    if !is_root() {
        return Err(format!(
            "missing: {}; install with\n\n    sudo sh -c '{install}'\n",
            missing.join(", ")
        ));
    }
    say(format!("installing {}", missing.join(", ")));
    let status = Command::new("sh")
        .args(["-c", &install])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{install}` failed: {status}"))
    }
}

/// Where programs are looked for: Debian has some where only root looks.
pub(crate) fn path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    path
}

fn is_there(program: &str) -> bool {
    if program == "python3" {
        // Debian splits what every environment needs off the interpreter.
        let found = Command::new(program)
            .args(["-c", "import ensurepip, venv"])
            .output();
        return found.is_ok_and(|output| output.status.success());
    }
    // Not all of them know the long form.
    let version = match program {
        "ip" | "mkfs.ext4" => "-V",
        _ => "--version",
    };
    let found = Command::new(program)
        .arg(version)
        .env("PATH", path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
