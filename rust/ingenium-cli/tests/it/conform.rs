//! `ingenium conform`: the reference strategy passes, and what does not start is said so.

use crate::program::{command, ingenium};

/// Judges a reference component and gives back its report.
fn judge(role: &str, component: &str) -> serde_json::Value {
    let out = tempfile::tempdir().expect("a folder");
    let program = command().get_program().to_string_lossy().into_owned();
    let folder = out.path().display().to_string();
    let called = ingenium(&[
        "conform", "--role", role, "--dir", &folder, "--", &program, "run", component,
    ]);
    assert_eq!(called.code, 0, "{called:?}");
    let claim = format!("Ingenium 1.0.0-draft {role} L3");
    assert!(called.stdout.contains(&claim), "{called:?}");
    let report = std::fs::read_to_string(out.path().join("report.json")).expect("a report");
    assert!(report.len() < 1024 * 1024, "{} bytes", report.len());
    serde_json::from_str(&report).expect("JSON")
}

#[test]
fn the_reference_components_are_conformant() {
    for (role, component, least) in [
        ("ingestor", "ingestor/csv", 30),
        ("strategy", "strategy/rsi", 67),
        ("portfolio", "portfolio/long-only", 70),
        ("executor", "executor/paper", 72),
    ] {
        let report = judge(role, component);
        assert_eq!(report["conformant"], true);
        let checks = report["checks"].as_array().expect("checks");
        let good = checks
            .iter()
            .filter(|check| matches!(check["verdict"].as_str(), Some("PASS" | "WARN")));
        assert!(good.count() >= least, "{role}: {checks:#?}");
    }
}

#[test]
fn a_part_of_the_checks_makes_no_claim() {
    let out = tempfile::tempdir().expect("a folder");
    let program = command().get_program().to_string_lossy().into_owned();
    let folder = out.path().display().to_string();
    let called = ingenium(&[
        "conform",
        "--role",
        "strategy",
        "--only",
        "ENV-01,RCV",
        "--dir",
        &folder,
        "--",
        &program,
        "run",
        "strategy/rsi",
    ]);
    assert_eq!(called.code, 0, "{called:?}");
    assert!(
        called.stdout.contains("this run makes no claim"),
        "{called:?}"
    );
    assert!(!called.stdout.contains("ENV-02"), "{called:?}");
    let called = ingenium(&[
        "conform", "--role", "strategy", "--only", "NO-99", "--dir", &folder, "--", "true",
    ]);
    assert_eq!(called.code, 2, "{called:?}");
    assert!(called.stderr.contains("NO-99"), "{called:?}");
}

#[test]
fn a_component_that_does_nothing_is_not() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    // A server that accepts connections and never answers anything sensible is not at hand; one that ends is.
    let called = ingenium(&[
        "conform", "--role", "strategy", "--dir", &folder, "--", "true",
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
        "--dir",
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
        &[
            "conform",
            "--role",
            "strategy",
            "--profile",
            "L4",
            "--",
            "true",
        ],
        &[
            "conform",
            "--role",
            "strategy",
            "--url",
            "http://127.0.0.1:1",
            "--",
            "true",
        ],
    ] {
        let called = ingenium(arguments);
        assert_eq!(called.code, 2, "{called:?}");
    }
}
