//! `ingenium conform --recording`: recorded events, without a component.

use std::path::Path;

use crate::program::{Called, ingenium};

const TRADE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../conformance/tests/fixtures/trade.ndjson"
);

fn judge(folder: &Path, arguments: &[&str]) -> Called {
    let out = folder.join("report").display().to_string();
    let arguments: Vec<&str> = ["conform", "--dir", &out]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    ingenium(&arguments)
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("written");
    file.display().to_string()
}

#[test]
fn lines_and_arrays_and_messages_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = std::fs::read_to_string(TRADE).expect("the fixture");
    let array = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    let array = write(folder.path(), "trade.json", &array);
    let message = "POST / HTTP/1.1\nce-specversion: 1.0\nce-id: x\nce-source: /ingenium/strategy/s\n\
         ce-type: ingenium.strategy.signal\nce-subject: A B\nce-datacontenttype: application/json\n\
         Content-Type: application/json\n\n{\"Symbol\":\"A B\",\"Signal\":\"LONG\"}";
    let message = write(folder.path(), "signal.http", message);
    for file in [TRADE, &array] {
        let called = judge(folder.path(), &["--recording", file]);
        assert_eq!(called.code, 0, "{called:?}");
        assert!(called.stdout.contains("7 events"), "{called:?}");
        assert!(called.stdout.contains("makes no claim"), "{called:?}");
        assert!(!called.stdout.contains("DEL-01"), "{called:?}");
    }
    let called = judge(
        folder.path(),
        &["--recording", &message, "--role", "strategy"],
    );
    assert_eq!(called.code, 1, "{called:?}");
    assert!(
        called.stdout.contains("FAIL          HTTP-03"),
        "{called:?}"
    );
    assert!(folder.path().join("report/report.html").is_file());
}

#[test]
fn a_violation_names_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = std::fs::read_to_string(TRADE).expect("the fixture");
    let broken = lines.replace("\"LeavesQuantity\":\"0\"", "\"LeavesQuantity\":\"7\"");
    let file = write(folder.path(), "broken.ndjson", &format!("\n{broken}"));
    let called = judge(folder.path(), &["--recording", &file]);
    assert_eq!(called.code, 1, "{called:?}");
    let place = format!("{file}:8: `LeavesQuantity` is 7, expected 0");
    assert!(called.stdout.contains(&place), "{called:?}");
    assert!(called.stdout.contains("FAIL          EXE-03"), "{called:?}");
}

#[test]
fn strictly_the_full_set_of_fields_is_demanded() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = TRADE.replace("trade.ndjson", "core.ndjson");
    let called = judge(folder.path(), &["--recording", &core]);
    assert_eq!(called.code, 0, "{called:?}");
    let called = judge(folder.path(), &["--recording", &core, "--strict"]);
    assert_eq!(called.code, 1, "{called:?}");
    for name in ["EndTimestamp", "Timestamp"] {
        let problem = format!("`{name}` is missing at /data");
        assert!(called.stdout.contains(&problem), "{called:?}");
    }
    let called = judge(folder.path(), &["--recording", TRADE, "--strict"]);
    assert_eq!(called.code, 0, "{called:?}");
}

#[test]
fn a_recording_without_an_event_is_not_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "empty.ndjson", "\n\n");
    let called = judge(folder.path(), &["--recording", &file]);
    assert_eq!(called.code, 5, "{called:?}");
    assert!(called.stderr.contains("there is no event in"), "{called:?}");
    let called = judge(folder.path(), &["--recording", "no-such-file.ndjson"]);
    assert_eq!(called.code, 2, "{called:?}");
}

#[test]
fn what_a_run_has_written_down_is_no_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("report");
    let program = env!("CARGO_BIN_EXE_ingenium");
    let called = crate::program::ingenium(&[
        "conform",
        "--role",
        "sink",
        "--profile",
        "L1",
        "--dir",
        &dir.display().to_string(),
        "--",
        program,
        "conform",
        "mutant",
        "--role",
        "sink",
        "--as",
        "M-NONE",
    ]);
    assert_eq!(called.code, 0, "{called:?}");
    let exchanges = dir.join("exchanges.ndjson").display().to_string();
    let called = crate::program::ingenium(&["conform", "--recording", &exchanges]);
    assert_eq!(called.code, 2, "{called:?}");
    assert!(called.stderr.contains("exchanges.ndjson"), "{called:?}");
}
