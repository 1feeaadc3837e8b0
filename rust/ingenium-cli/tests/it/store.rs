//! The broker's file in the hands of its operator.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::program::{Called, command, ingenium, root};
use crate::running::Running;

/// `ingenium broker` that ends by itself: one that runs on is ended with another status.
pub(crate) fn broker(words: &[&str], data: &Path) -> Called {
    let output = Command::new("timeout")
        .arg("20")
        .arg(command().get_program())
        .arg("broker")
        .args(words)
        .arg("--data")
        .arg(data)
        .output()
        .expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Called {
        code: output.status.code().expect("an exit status"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn events(report: &Called) -> u64 {
    let report: serde_json::Value = serde_json::from_str(&report.stdout).expect("JSON");
    report["events"].as_u64().expect("a number")
}

#[test]
fn a_broker_that_runs_is_checked_copied_and_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let running = Running::start(&data);
    for id in 0..20 {
        assert_eq!(running.publish(&id.to_string()), 202);
    }
    let (published, stop) = (AtomicU64::new(20), AtomicBool::new(false));
    let mut copies = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Acquire) {
                let id = published.load(Ordering::Acquire).to_string();
                assert_eq!(running.publish(&id), 202, "ingress goes on");
                published.fetch_add(1, Ordering::AcqRel);
            }
        });
        for number in 0..3 {
            let to = folder.path().join(format!("{number}.db"));
            let before = published.load(Ordering::Acquire);
            let called = broker(&["backup", &to.display().to_string()], &data);
            let after = published.load(Ordering::Acquire) + 1;
            copies.push((to, before, after, called));
            let called = broker(&["check", "--format", "json"], &data);
            assert_eq!(called.code, 0, "{called:?}");
        }
        stop.store(true, Ordering::Release);
    });
    for (to, before, after, called) in &copies {
        assert_eq!(called.code, 0, "{called:?}");
        let name = to.display().to_string();
        let checked = ingenium(&["broker", "check", &name, "--format", "json"]);
        assert_eq!(checked.code, 0, "{checked:?}");
        let events = events(&checked);
        assert!(
            events >= *before && events <= *after,
            "all that was acknowledged before: {before} <= {events} <= {after}"
        );
    }
    // A second broker on the file, and a restore over it, are refused.
    let second = broker(&["--port", "0"], &data);
    assert_eq!(second.code, 2, "{second:?}");
    let process = running.process();
    assert!(
        second.stderr.contains(&format!("process {process}")),
        "{second:?}"
    );
    let copy = copies[0].0.display().to_string();
    let refused = broker(&["restore", &copy], &data);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("exists"), "{refused:?}");
    let total = published.load(Ordering::Acquire);
    drop(running);

    // Of one that was killed, nothing is touched by looking at it.
    let names = |folder: &Path| {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into()
            })
            .collect();
        names.sort();
        names
    };
    let before = (
        names(&data),
        fs::read(data.join("broker.db-wal")).expect("left"),
    );
    let called = broker(&["check", "--format", "json"], &data);
    assert_eq!((called.code, events(&called)), (0, total), "{called:?}");
    let after = (
        names(&data),
        fs::read(data.join("broker.db-wal")).expect("left"),
    );
    assert_eq!(before, after);

    let other = folder.path().join("other");
    let called = broker(&["restore", &copy], &other);
    assert_eq!(called.code, 0, "{called:?}");
    let restored = Running::start(&other);
    assert_eq!(restored.publish("next"), 202);
    assert_eq!(restored.stop(), Some(0));
    assert_eq!(names(&other), ["broker.db", "broker.db.lock"]);
}

#[test]
fn damage_is_reported_as_findings_in_each_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let running = Running::start(data);
    assert_eq!(running.publish("1"), 202);
    assert_eq!(running.publish("2"), 202);
    assert_eq!(running.stop(), Some(0));
    let file = rusqlite::Connection::open(data.join("broker.db")).expect("a database");
    file.execute_batch("UPDATE events SET body = x'5b5d' WHERE offset = 1")
        .expect("changed");
    drop(file);
    for (format, words) in [
        (
            "pretty",
            &["ING-S02", "/events/1: its checksum is", "restore a copy"][..],
        ),
        (
            "json",
            &[
                "\"rule\": \"ING-S02\"",
                "\"pointer\": \"/events/1\"",
                "\"damaged\": 1",
            ],
        ),
        ("jsonl", &["\"rule\":\"ING-S02\""]),
        ("junit", &["<testsuites", "ING-S02"]),
        ("sarif", &["\"ING-S02\""]),
        ("github", &["::error", "ING-S02"]),
    ] {
        let called = broker(&["check", "--format", format], data);
        assert_eq!(called.code, 1, "{called:?}");
        for word in words {
            assert!(called.stdout.contains(word), "{format}: {word}: {called:?}");
        }
    }
    let few = broker(&["check", "--max-findings", "0"], data);
    assert_eq!((few.code, few.stdout.as_str()), (1, ""), "{few:?}");
    assert!(few.stderr.contains("2 events, 1 findings"), "{few:?}");
    // Nothing is copied of it, and no broker starts on it.
    let to = data.join("copy.db").display().to_string();
    for called in [
        broker(&["backup", &to], data),
        broker(&["run", "--port", "0"], data),
    ] {
        assert_ne!(called.code, 0);
        assert!(called.stderr.contains("is damaged: "), "{called:?}");
    }
    assert!(!data.join("copy.db").exists());
}

#[test]
fn a_copy_without_room_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let running = Running::start(&data);
    for id in 0..20 {
        assert_eq!(running.publish(&id.to_string()), 202);
    }
    let to = folder.path().join("copy.db");
    // No file may grow beyond 16 KiB.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\""])
        .arg(command().get_program())
        .args(["broker", "backup", "--data"])
        .args([&data, &to])
        .output()
        .expect("the binary ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("copy.db.part"), "{stderr}");
    let left = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "only the broker's folder");
    assert_eq!(running.publish("20"), 202);
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn wrong_calls_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    fs::write(data.join("notes"), "somebody's notes").expect("written");
    let notes = data.join("notes").display().to_string();
    for (words, problem) in [
        (&["check"][..], "broker.db`: entity not found"),
        (&["backup", "to.db"], "broker.db`: entity not found"),
        (&["restore", "gone.db"], "gone.db`: entity not found"),
        (&["restore", &notes], "is no event log of this program"),
        (&["--retention-age", "7d"], "such as `P7D`"),
        (&["--retention-age", "PT0S"], "nothing would be kept"),
        (&["run", "--retention-size", "1Ki"], "at least `1Mi`"),
        (&["--retention-size", "many"], "a number of bytes"),
    ] {
        let called = broker(words, data);
        assert_eq!(called.code, 2, "{words:?}: {called:?}");
        assert!(called.stderr.contains(problem), "{words:?}: {called:?}");
    }
    let called = ingenium(&["broker", "check", &notes]);
    assert_eq!(called.code, 2, "{called:?}");
}

#[test]
fn every_rule_of_the_check_stands_in_the_reference() {
    let page = fs::read_to_string(root().join("docs/reference/broker.md")).expect("a page");
    for rule in ingenium_broker::Rule::ALL {
        let row = format!("| {} |", rule.id());
        assert!(page.contains(&row), "{row}");
    }
}
