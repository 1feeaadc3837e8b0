//! What somebody at a terminal sees of a judgement, and what a log gets.

use std::process::Command;

use crate::program::command;

/// Judges a sound sink at a pseudo-terminal, and gives back everything that was written there.
fn at_terminal(options: &str, variable: Option<(&str, &str)>) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_ingenium");
    let line = format!(
        "{program} conform --role sink --profile L1 --dir {} {options} -- {program} conform mutant --role sink --as M-NONE",
        folder.path().display()
    );
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(variable)
        .output()
        .expect("script runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

const GREEN: &str = "\u{1b}[32mPASS";

#[test]
fn a_bar_and_colours() {
    let seen = at_terminal("", None);
    assert!(seen.contains(" checks played "), "{seen:?}");
    assert!(seen.contains(GREEN), "{seen:?}");
    let seen = at_terminal("", Some(("NO_COLOR", "1")));
    assert!(!seen.contains(GREEN), "{seen:?}");
    assert!(seen.contains("PASS"), "{seen:?}");
    let seen = at_terminal("--quiet --color never", None);
    assert!(!seen.contains(" checks played "), "{seen:?}");
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    let seen = at_terminal("--quiet --color always", Some(("NO_COLOR", "1")));
    assert!(seen.contains(GREEN), "{seen:?}");
}

#[test]
fn a_log_has_neither() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_ingenium");
    let output = command()
        .args(["conform", "--role", "sink", "--profile", "L1", "--dir"])
        .arg(folder.path())
        .args([
            "--", program, "conform", "mutant", "--role", "sink", "--as", "M-NONE",
        ])
        .output()
        .expect("the binary runs");
    for text in [output.stdout, output.stderr] {
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(!text.contains(['\u{1b}', '\r']), "{text:?}");
    }
}
