//! What a person gets wrong: a message that names place, value and fix, and nothing half done.

use std::fs;
use std::net::TcpListener;

use crate::program::{Called, ingenium};

#[track_caller]
fn refused(called: &Called, parts: &[&str]) {
    assert_eq!(called.code, 2, "{called:?}");
    for part in parts {
        assert!(
            called.stderr.contains(part),
            "expected `{part}` in {called:?}"
        );
    }
    assert_eq!(called.stdout, "", "nothing was started");
}

#[test]
fn bars_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("run").display().to_string();
    let up = |csv: &str| {
        ingenium(&[
            "up",
            "--exit-when-done",
            "--port",
            "0",
            "--data-dir",
            &data,
            "--csv",
            csv,
        ])
    };
    refused(&up("no/such.csv"), &["no/such.csv"]);
    let wrong = folder.path().join("wrong.csv");
    fs::write(&wrong, "Tag,Kurs\n1,2\n").expect("write");
    refused(
        &up(&wrong.display().to_string()),
        &["wrong.csv", "line 1", "`date`", "`Tag`, `Kurs`"],
    );
    let spaced = folder.path().join("my prices.csv");
    fs::write(&spaced, "Date,Open,High,Low,Close,Volume\n").expect("write");
    refused(
        &up(&spaced.display().to_string()),
        &["`my prices` is no symbol", "=SYMBOL"],
    );
    let empty = folder.path().join("EMPTY.csv");
    fs::write(&empty, "Date,Open,High,Low,Close,Volume\n").expect("write");
    refused(&up(&empty.display().to_string()), &["EMPTY.csv", "no rows"]);
    let binary = folder.path().join("BIN.csv");
    fs::write(&binary, [0xff, 0xfe, 0x00]).expect("write");
    refused(&up(&binary.display().to_string()), &["BIN.csv"]);
    assert!(
        !folder.path().join("run").exists(),
        "nothing is written before the input is known to be good"
    );
}

#[test]
fn options_out_of_range() {
    for (arguments, parts) in [
        (
            &["up", "--cash", "1e5"][..],
            &["--cash", "1e5", "plain decimal"][..],
        ),
        (
            &["up", "--sizing", "all-in"],
            &["--sizing", "all-in", "percent-equity:0.30"],
        ),
        (
            &["up", "--sizing", "percent-equity:2"],
            &["percent-equity:2"],
        ),
        (&["up", "--port", "99999"], &["99999"]),
        (&["up", "--bars", "0"], &["--bars", "0"]),
        (
            &["run", "strategy/none"],
            &["strategy/none", "strategy/rsi"],
        ),
        (&["frobnicate"], &["frobnicate"]),
    ] {
        refused(&ingenium(arguments), parts);
    }
}

#[test]
fn a_busy_port_names_its_holder() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener
        .local_addr()
        .expect("an address")
        .port()
        .to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("run").display().to_string();
    let called = ingenium(&[
        "up",
        "--exit-when-done",
        "--port",
        &port,
        "--data-dir",
        &data,
    ]);
    refused(
        &called,
        &[
            &format!("port {port}"),
            &format!("process {}", std::process::id()),
            "--port",
        ],
    );
}

#[test]
fn a_directory_that_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let precious = folder.path().join("thesis.txt");
    fs::write(&precious, "ten years").expect("write");
    let data = folder.path().display().to_string();
    for fresh in [&["--fresh"][..], &[]] {
        let mut arguments = vec!["up", "--exit-when-done", "--port", "0", "--data-dir", &data];
        arguments.extend(fresh);
        refused(&ingenium(&arguments), &["is not empty", "--data-dir"]);
    }
    assert_eq!(
        fs::read_to_string(&precious).expect("it is still there"),
        "ten years"
    );
}

#[test]
fn a_damaged_database_is_named_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("run");
    let arguments = |data: &str| -> Vec<String> {
        [
            "up",
            "--exit-when-done",
            "--format",
            "jsonl",
            "--port",
            "0",
            "--bars",
            "20",
            "--data-dir",
            data,
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    };
    let arguments = arguments(&data.display().to_string());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(ingenium(&arguments).code, 0);
    let file = data.join("broker.db");
    let garbage = b"this is not a database at all, whatever its name says".repeat(100);
    fs::write(&file, &garbage).expect("write");
    let called = ingenium(&arguments);
    assert!(matches!(called.code, 2 | 4), "{called:?}");
    assert!(called.stderr.contains("broker.db"), "{called:?}");
    assert_eq!(fs::read(&file).expect("it is still there"), garbage);
}

#[test]
fn components_say_what_they_miss() {
    let called = ingenium(&["run", "strategy/rsi"]);
    refused(&called, &["K_SINK is not set"]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("rsi.json");
    fs::write(&config, "{\n  \"periode\": 14\n}").expect("write");
    let path = config.display().to_string();
    refused(
        &ingenium(&["run", "strategy/rsi", "--config", &path]),
        &["rsi.json", "periode", "line 2"],
    );
}
