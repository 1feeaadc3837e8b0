//! `ingenium up`: a whole run, twice, and what is stored.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Called, command, ingenium, root, with_stdin};

fn up(folder: &Path, more: &[&str]) -> Called {
    let folder = folder.display().to_string();
    let mut arguments = vec![
        "up",
        "--exit-when-done",
        "--format",
        "jsonl",
        "--port",
        "0",
        "--bars",
        "120",
        "--data-dir",
        &folder,
    ];
    arguments.extend(more);
    ingenium(&arguments)
}

fn summary(called: &Called) -> serde_json::Value {
    assert_eq!(called.code, 0, "{called:?}");
    let mut lines = called.stdout.lines();
    assert!(
        lines
            .next()
            .is_some_and(|line| line.contains("\"kind\":\"ready\"")),
        "{called:?}"
    );
    serde_json::from_str(lines.next_back().expect("a summary")).expect("JSON")
}

#[test]
fn a_run_is_the_same_run_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("run");
    let first = summary(&up(&data, &[]));
    assert_eq!(first["bars"], 360);
    for zero in ["invalid", "late", "dead_letters"] {
        assert_eq!(first[zero], 0, "{first}");
    }
    for some in ["signals", "orders", "executions"] {
        assert!(
            first[some].as_u64().is_some_and(|count| count > 0),
            "{first}"
        );
    }
    // The same finished input: the same summary again.
    assert_eq!(summary(&up(&data, &[])), first);
    assert_eq!(summary(&up(&data, &["--fresh"])), first);

    // Another run does not mix with it.
    let other = up(&data, &["--sizing", "fixed:10"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(
        other.stderr.contains("--sizing") && other.stderr.contains("fixed:10"),
        "{other:?}"
    );
    assert_ne!(
        summary(&up(&data, &["--sizing", "fixed:10", "--fresh"]))["fingerprint"],
        first["fingerprint"]
    );

    // What is stored can be read with the sqlite3 shell, and every event is valid.
    let select = "select json from event_json order by offset";
    let shell = Command::new("sqlite3")
        .arg(data.join("broker.db"))
        .arg(select)
        .stderr(Stdio::inherit())
        .output();
    let events = shell
        .expect("sqlite3 runs: `cargo xtask setup` installs it")
        .stdout;
    assert!(events.len() > 10_000);
    let judged = with_stdin(&["validate", "-"], &events);
    assert_eq!(judged.code, 0, "{judged:?}");
}

#[test]
fn bars_of_ones_own_are_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("prices.csv");
    let mut text = String::from("Date,Open,High,Low,Close,Adj Close,Volume\n");
    for day in 1..=28 {
        let close = if day < 15 { 100 + day } else { 130 - day };
        text.push_str(&format!(
            "2020-02-{day:02},{close},{close},{close},{close},{close},1000\n"
        ));
    }
    text.push_str("2020-02-29,oops,1,1,1,1,1\n");
    std::fs::write(&file, text).expect("write");
    let csv = format!("{}=BRK.B", file.display());
    let called = up(&folder.path().join("run"), &["--csv", &csv]);
    let summary = summary(&called);
    assert_eq!(
        summary["bars"], 28,
        "the malformed row is not sent: {summary}"
    );
    let log = std::fs::read_to_string(folder.path().join("run/logs/ingestor.log")).expect("a log");
    assert!(
        log.contains("Open is `oops`") && log.contains("\"line\":30"),
        "{log}"
    );
}

/// A component of somebody's own does not outlive an `up` that is killed.
#[test]
fn nothing_is_left_of_a_killed_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let noted = folder.path().join("pid");
    let script = root().join("conformance/examples/newcomer/my_strategy.py");
    let strategy = format!(
        "strategy=echo $$ > {}; exec python3 {}",
        noted.display(),
        script.display()
    );
    let mut child = command()
        .args([
            "up",
            "--port",
            "0",
            "--bars",
            "2000",
            "--component",
            &strategy,
            "--data-dir",
        ])
        .arg(folder.path().join("run"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let output = child.stdout.take().expect("a pipe");
    let mut lines = std::io::BufReader::new(output)
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("READY")));
    let pid = std::fs::read_to_string(&noted).expect("the component has started");
    let process = Path::new("/proc").join(pid.trim());
    assert!(process.exists(), "the component runs");
    child.kill().expect("a kill");
    child.wait().expect("an end");
    for _ in 0..1000 {
        if !process.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("process {pid} outlives `up`");
}
