//! Calling the binary.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a call printed, and its exit status.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ingenium"))
}

pub(crate) fn ingenium(arguments: &[&str]) -> Called {
    with_stdin(arguments, b"")
}

pub(crate) fn with_stdin(arguments: &[&str], stdin: &[u8]) -> Called {
    let mut child = command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let input = stdin.to_vec();
    // The child may end without having read everything.
    let writer = std::thread::Builder::new()
        .spawn(move || drop(pipe.write_all(&input)))
        .expect("a thread");
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Called {
        code: status.code().expect("an exit status"),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
