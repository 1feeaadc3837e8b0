//! What the commands around a judgement print, and how they end.

use insta::assert_snapshot;

use crate::program::{command, ingenium, root};

/// A report of events of which one is wrong, in a folder.
fn report(folder: &std::path::Path, signal: &str) -> String {
    let event = format!(
        r#"{{"specversion":"1.0","id":"1","source":"/ingenium/strategy/x","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-01-03T00:00:00Z","partitionkey":"AAPL","datacontenttype":"application/json","data":{{"Symbol":"AAPL","Timestamp":"2020-01-03T00:00:00Z","Signal":"{signal}"}}}}"#
    );
    let events = folder.join(format!("{signal}.ndjson"));
    std::fs::write(&events, event + "\n").expect("a file");
    let dir = folder.join(signal).display().to_string();
    let events = events.display().to_string();
    ingenium(&["conform", "--recording", &events, "--dir", &dir]);
    folder
        .join(signal)
        .join("report.json")
        .display()
        .to_string()
}

#[test]
fn every_check_is_listed() {
    let called = ingenium(&["conform", "list"]);
    assert_eq!(called.code, 0);
    assert_snapshot!("list", called.stdout);
    let called = ingenium(&["conform", "list", "--role", "broker"]);
    assert_eq!(called.stdout.lines().count(), 11, "{}", called.stdout);
    let called = ingenium(&["conform", "list", "--json"]);
    for line in called.stdout.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(case["id"].is_string(), "{line}");
    }
}

#[test]
fn a_check_is_explained_or_the_next_best_is_named() {
    let called = ingenium(&["conform", "explain", "BRK-05"]);
    assert_eq!(called.code, 0);
    assert_snapshot!("explain", called.stdout);
    let called = ingenium(&["conform", "explain", "DEL-99"]);
    assert_eq!(called.code, 2, "{called:?}");
    assert_snapshot!("explain_unknown", called.stderr);
}

#[test]
fn reports_are_converted_and_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (report(folder.path(), "LONG"), report(folder.path(), "long"));
    for kind in [
        "json", "junit", "sarif", "html", "markdown", "badge", "endpoint", "github",
    ] {
        let file = folder.path().join(kind).display().to_string();
        let called = ingenium(&[
            "conform",
            "report",
            "convert",
            &bad,
            "--out",
            &format!("{kind}={file}"),
        ]);
        assert_eq!(called.code, 0, "{called:?}");
        let written = std::fs::read_to_string(&file).expect("a file");
        assert!(!written.is_empty(), "{kind}");
    }
    let called = ingenium(&["conform", "report", "diff", &good, &bad]);
    assert_eq!(called.code, 1, "{called:?}");
    assert_snapshot!("diff", called.stdout);
    let called = ingenium(&["conform", "report", "diff", &bad, &good]);
    assert_eq!(called.code, 0, "{called:?}");
    let called = ingenium(&["conform", "report", "diff", &good, "/no/such/report.json"]);
    assert_eq!(called.code, 2, "{called:?}");
    assert!(called.stderr.contains("/no/such/report.json"), "{called:?}");
    let other = folder.path().join("other.json").display().to_string();
    let text = std::fs::read_to_string(&good).expect("the report");
    let text = text.replace("\"role\": \"source\"", "\"role\": \"sink\"");
    std::fs::write(&other, &text).expect("written");
    let called = ingenium(&["conform", "report", "diff", &good, &other]);
    assert_eq!(called.code, 2, "{called:?}");
    // A check that is not judged any more is no improvement.
    let mut fewer: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&good).expect("the report")).expect("JSON");
    let checks = fewer["checks"].as_array_mut().expect("checks");
    checks.retain(|check| check["id"] != "ENV-01");
    std::fs::write(&other, fewer.to_string()).expect("written");
    let called = ingenium(&["conform", "report", "diff", &good, &other]);
    assert_eq!(called.code, 1, "{called:?}");
    assert!(called.stdout.contains("worse ENV-01"), "{called:?}");
    let written = std::path::Path::new(&bad).with_file_name("badge.svg");
    let called = ingenium(&["conform", "report", "badge", &bad]);
    assert_eq!(
        called.stdout,
        std::fs::read_to_string(&written).expect("the badge")
    );
    let called = ingenium(&["conform", "report", "badge", "--endpoint", &bad]);
    let written = std::fs::read_to_string(written.with_extension("json")).expect("the endpoint");
    assert_eq!(called.stdout, written);
    let called = ingenium(&["conform", "report", "schema"]);
    let published = root().join("conformance/schema/report.schema.json");
    let published = std::fs::read_to_string(published).expect("the schema");
    assert_eq!(called.stdout, published);
}

#[test]
fn a_folder_says_what_its_component_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let init = |role: &str| {
        let output = command()
            .args(["conform", "init", "--role", role, "--", "./my-strategy"])
            .current_dir(folder.path())
            .output()
            .expect("the binary runs");
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("UTF-8"),
        )
    };
    let (code, said) = init("strategy");
    assert_eq!(code, Some(0));
    assert_snapshot!("init", said);
    let file = folder.path().join("ingenium-component.json");
    let written = std::fs::read_to_string(file).expect("the file");
    assert_snapshot!("init_file", written);
    assert_eq!(init("executor").0, Some(2), "it is not written over");
}

#[test]
fn what_cannot_be_written_is_our_failure() {
    let called = ingenium(&[
        "conform",
        "--role",
        "strategy",
        "--dir",
        "/dev/null/report",
        "--",
        "true",
    ]);
    assert_eq!(called.code, 4, "{called:?}");
    assert!(called.stderr.contains("/dev/null/report"), "{called:?}");
}
