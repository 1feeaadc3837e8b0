//! The embedded broker before the judge of brokers, in each class. Where it stays otherwise on purpose, a baseline says why.

use crate::program::{command, ingenium, root};

/// Judges it as a class, with what is known about that.
fn judge(class: &str, baseline: Option<&str>) -> (i32, serde_json::Value) {
    let out = tempfile::tempdir().expect("a folder");
    let program = command().get_program().to_string_lossy().into_owned();
    let folder = out.path().display().to_string();
    let file = baseline.map(|name| {
        let folder = root().join("rust/ingenium-broker/conformance");
        folder.join(name).display().to_string()
    });
    let mut words = vec!["conform", "--role", "broker", "--class", class];
    words.extend(["--claims", "replay", "--dir", &folder]);
    if let Some(file) = &file {
        words.extend(["--baseline", file]);
    }
    words.extend(["--", &program, "broker", "--data", "{state}"]);
    words.extend(["--namespace", "conformance", "--name", "conformance"]);
    let called = ingenium(&words);
    let report = std::fs::read(out.path().join("report.json")).expect("a report");
    let report = serde_json::from_slice(&report).expect("JSON");
    (called.code, report)
}

/// A broker that lets nobody in who does not show the token: the judge shows it, for objects, too.
#[test]
fn a_broker_with_a_token_asks_for_it() {
    let out = tempfile::tempdir().expect("a folder");
    let token = out.path().join("token");
    std::fs::write(&token, "0123456789abcdef0123456789abcdef\n").expect("written");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&token, private).expect("set");
    let program = command().get_program().to_string_lossy().into_owned();
    let folder = out.path().join("report").display().to_string();
    let token = token.display().to_string();
    let mut words = vec![
        "conform", "--role", "broker", "--class", "Ingenium", "--dir", &folder,
    ];
    words.extend(["--only", "BRK-11", "--token", &token]);
    words.extend([
        "--",
        &program,
        "broker",
        "--data",
        "{state}",
        "--token-file",
        &token,
    ]);
    words.extend(["--namespace", "conformance", "--name", "conformance"]);
    let called = ingenium(&words);
    let report = std::fs::read(out.path().join("report/report.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(
        rows(&report, "PASS"),
        ["BRK-11/X1", "BRK-11/X2"],
        "{report:#}"
    );
    // It has no identity of its own to show to subscribers.
    assert_eq!(rows(&report, "FAIL"), ["BRK-11/X3"], "{report:#}");
    assert_eq!(called.code, 1);
}

/// The rows with a verdict.
fn rows(report: &serde_json::Value, verdict: &str) -> Vec<String> {
    let checks = report["checks"].as_array().expect("checks");
    let rows = checks
        .iter()
        .flat_map(|check| check["rows"].as_array().expect("rows"));
    rows.filter(|row| row["verdict"] == verdict)
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn the_embedded_broker_is_what_its_classes_are() {
    let cases = [
        ("Ingenium", None, 64, &[][..]),
        ("Kafka", Some("kafka.json"), 63, &["BRK-01/I12"]),
        (
            "MTChannelBasedBroker",
            Some("mt.json"),
            62,
            &["BRK-01/I12", "BRK-04/I11"],
        ),
    ];
    std::thread::scope(|scope| {
        for (class, baseline, passing, known) in cases {
            scope.spawn(move || {
                let (code, report) = judge(class, baseline);
                let bad: Vec<String> = ["FAIL", "STALE", "WARN"]
                    .iter()
                    .flat_map(|verdict| rows(&report, verdict))
                    .collect();
                assert_eq!((code, bad), (0, Vec::new()), "{class}: {report:#}");
                assert_eq!(rows(&report, "PASS").len(), passing, "{class}");
                assert_eq!(rows(&report, "XFAIL"), known, "{class}");
            });
        }
    });
    // Without the baseline the same failures count.
    let (code, report) = judge("Kafka", None);
    assert_eq!(
        (code, rows(&report, "FAIL")),
        (1, vec!["BRK-01/I12".to_owned()])
    );
}
