//! `ingenium conform --watch`: judged again after a change, and only then.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::command;

const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"/ingenium/strategy/x","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-01-03T00:00:00Z","partitionkey":"AAPL","datacontenttype":"application/json","data":{"Symbol":"AAPL","Timestamp":"2020-01-03T00:00:00Z","Signal":"long"}}"#;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

#[test]
fn a_change_judges_again_and_an_interrupt_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), ".gitignore", "*.log\n");
    write(folder.path(), "events.ndjson", "");
    let mut child = command()
        .args(["conform", "--watch", "--recording", "events.ndjson"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut until = |words: &str| -> Vec<String> {
        let mut seen = Vec::new();
        for line in said.by_ref() {
            let line = line.expect("UTF-8");
            seen.push(line);
            if seen.last().is_some_and(|line| line.contains(words)) {
                return seen;
            }
        }
        panic!("`{words}` was never said: {seen:?}");
    };
    // No event to judge is no reason to give up.
    let seen = until("watching 1 files of .");
    assert!(
        seen.iter().any(|line| line.starts_with("error: ")),
        "{seen:?}"
    );
    // What is ignored is no change; the next report is that of the event.
    write(folder.path(), "debug.log", "noise");
    write(folder.path(), "events.ndjson", &format!("{EVENT}\n"));
    until("watching 1 files of .");
    let report = std::fs::read_to_string(folder.path().join("conformance-report/report.json"));
    assert!(report.expect("a report").contains("PAY-04"));
    // The reports that it wrote itself are no change either: it waits, and ends when it is told to.
    let process = child.id().to_string();
    let sent = Command::new("kill").args(["-s", "INT", &process]).status();
    assert!(sent.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let runs = stdout.lines().filter(|line| line.starts_with("report: "));
    assert_eq!(runs.count(), 1, "{stdout}");
}

#[test]
fn what_changes_with_every_run_is_left_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let component = "echo again >> app.log; exit 1";
    let mut child = command()
        .args([
            "conform", "--watch", "--role", "sink", "--", "sh", "-c", component,
        ])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut said = said.map(|line| line.expect("UTF-8"));
    assert!(said.any(|line| line == "changed: ./app.log"));
    assert!(said.any(|line| line.contains("app.log changes with every run, and is left aside")));
    assert!(said.any(|line| line.starts_with("watching 0 files")));
    let process = child.id().to_string();
    let sent = Command::new("kill").args(["-s", "INT", &process]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn wrong_usage_is_not_watched() {
    let called = crate::program::ingenium(&["conform", "--watch", "--role", "strategy"]);
    assert_eq!(called.code, 2, "{called:?}");
}
