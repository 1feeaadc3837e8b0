//! Reports keep the schemas that others publish: SARIF's of OASIS, JUnit's XML as Jenkins reads it.
//!
//! `cargo xtask setup` fetches what is not Rust.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{ingenium, root};

/// Events, of which most are wrong; texts that want to be markup are among them.
const EVENTS: &str = r#"{"specversion":"1.0","id":"1","source":"/ingenium/strategy/x","type":"ingenium.strategy.signal","subject":"AAPL","time":"2020-01-03T00:00:00Z","datacontenttype":"application/json","data":{"Symbol":"AAPL","Timestamp":"2020-01-03T00:00:00Z","Signal":"MAYBE ]]> <script>alert('&amp;')</script>"}}
{"specversion":"9.9","id":"","source":"not a \u0007 URI \u202e","type":"../etc/passwd","data":{"\ud800":1}}
not JSON at all <![CDATA[ \u0000
{"specversion":"1.0","id":"2","source":"/ingenium/strategy/x","type":"ingenium.strategy.signal","subject":"AAPL","time":"yesterday","data":7}
"#;

/// A file that a package carries, found where cargo has put the package.
fn in_package(package: &str, file: &str) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let found = packages
        .iter()
        .find(|one| one["name"] == package)
        .unwrap_or_else(|| panic!("{package} is not among the packages"));
    let manifest = Path::new(found["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("").join(file)
}

/// Judges the events in every way that ends in a report, and gives back the files of one kind.
fn reports(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let events = folder.join("events.ndjson");
    std::fs::write(&events, EVENTS).expect("a file");
    let file = |name: &str| folder.join(format!("{name}.{kind}")).display().to_string();
    let events = events.display().to_string();
    let (conform, validate, of_broker) = (file("conform"), file("validate"), file("broker"));
    let dir = folder.join("report").display().to_string();
    let called = ingenium(&[
        "conform",
        "--recording",
        &events,
        "--dir",
        &dir,
        "--out",
        &format!("{kind}={conform}"),
    ]);
    assert_eq!(called.code, 1, "{called:?}");
    let called = ingenium(&["validate", &events, "--out", &format!("{kind}={validate}")]);
    assert_eq!(called.code, 1, "{called:?}");
    // A broker that is none: rows that fail, and violations in them.
    let called = ingenium(&[
        "conform",
        "--role",
        "broker",
        "--only",
        "BRK-07",
        "--dir",
        &dir,
        "--out",
        &format!("{kind}={of_broker}"),
        "--",
        env!("CARGO_BIN_EXE_ingenium"),
        "conform",
        "mutant",
        "--role",
        "broker",
        "--as",
        "M-NO-REPLY",
        "--state",
        "{state}",
    ]);
    assert!(called.stdout.contains("WARN      BRK-07/R1"), "{called:?}");
    [conform, validate, of_broker].map(PathBuf::from).to_vec()
}

#[test]
fn sarif_keeps_the_schema_of_oasis() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = std::fs::read(in_package("serde-sarif", "src/schema.json")).expect("the schema");
    let mut schema: serde_json::Value = serde_json::from_slice(&schema).expect("JSON");
    // Its one pattern that is no regular expression is about the language of messages, of which ours say nothing.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language"));
        let language = language.and_then(serde_json::Value::as_object_mut);
        language.expect("it is there").remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for file in reports(folder.path(), "sarif") {
        let text = std::fs::read(&file).expect("a report");
        let mut log: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", file.display());
        assert!(
            !log["runs"][0]["results"]
                .as_array()
                .expect("results")
                .is_empty()
        );
        log["runs"][0]["tool"] = serde_json::json!({});
        assert!(!validator.is_valid(&log), "the schema refuses nothing");
    }
}

#[test]
fn junit_keeps_the_schema_of_jenkins() {
    let schema = root().join(".tools/published/junit-10.xsd");
    let python = root().join(".tools/python/bin/python");
    assert!(
        schema.is_file() && python.is_file(),
        "run `cargo xtask setup` first: {} is not there",
        schema.display()
    );
    let program = "\
import sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
for name in sys.argv[2:]:
    schema.assertValid(etree.parse(name))
";
    let judge = |files: &[PathBuf]| {
        Command::new(&python)
            .args(["-c", program])
            .arg(&schema)
            .args(files)
            .output()
            .expect("Python runs")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let files = reports(folder.path(), "junit");
    let judged = judge(&files);
    assert!(
        judged.status.success(),
        "{}",
        String::from_utf8_lossy(&judged.stderr)
    );
    let wrong = folder.path().join("wrong.xml");
    std::fs::write(&wrong, "<testsuites><testcase/></testsuites>").expect("a file");
    assert!(
        !judge(&[wrong]).status.success(),
        "the schema refuses nothing"
    );
}
