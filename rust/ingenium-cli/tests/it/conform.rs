//! `ingenium conform`: the reference strategy passes, and what does not start is said so.

use crate::program::{command, ingenium};

#[test]
fn the_reference_strategy_is_conformant() {
    let out = tempfile::tempdir().expect("a folder");
    let program = command().get_program().to_string_lossy().into_owned();
    let folder = out.path().display().to_string();
    let called = ingenium(&[
        "conform",
        "--role",
        "strategy",
        "--out",
        &folder,
        "--",
        &program,
        "run",
        "strategy/rsi",
    ]);
    assert_eq!(called.code, 0, "{called:?}");
    assert!(
        called.stdout.contains("conformant: 15 of 15 checks"),
        "{called:?}"
    );
    let report = std::fs::read_to_string(out.path().join("report.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["conformant"], true);
    for check in report["checks"].as_array().expect("checks") {
        let verdict = check["verdict"].as_str().expect("a verdict");
        let expected = if check["id"] == "HTTP-02" {
            "NOT_EXERCISED"
        } else {
            "PASS"
        };
        assert_eq!(verdict, expected, "{check}");
    }
}

#[test]
fn a_component_that_does_nothing_is_not() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    // A server that accepts connections and never answers anything sensible is not at hand; one that ends is.
    let called = ingenium(&[
        "conform", "--role", "strategy", "--out", &folder, "--", "true",
    ]);
    assert_eq!(called.code, 3, "{called:?}");
    assert!(
        called.stderr.contains("ended before it was ready"),
        "{called:?}"
    );
    let called = ingenium(&[
        "conform",
        "--role",
        "strategy",
        "--out",
        &folder,
        "--",
        "/no/such/program",
    ]);
    assert_eq!(called.code, 3, "{called:?}");
    assert!(called.stderr.contains("/no/such/program"), "{called:?}");
}

#[test]
fn wrong_usage_is_said() {
    for arguments in [
        &["conform", "--role", "astrologer", "--", "true"][..],
        &["conform", "--role", "strategy"],
    ] {
        let called = ingenium(arguments);
        assert_eq!(called.code, 2, "{called:?}");
    }
}
