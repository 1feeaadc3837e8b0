//! The schemas of what Rust owns here: cases, and reports.

use std::path::{Path, PathBuf};

use ingenium_conformance::{Baseline, Case, Manifest, Report};
use ingenium_runtime::environment::Environment;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schema")
        .join(name)
}

#[track_caller]
fn check(name: &str, schema: &schemars::Schema) -> serde_json::Value {
    let text = serde_json::to_string_pretty(schema).expect("JSON") + "\n";
    let file = file(name);
    if Environment::of_process().get("INGENIUM_BLESS").is_some() {
        std::fs::write(&file, &text).expect("the schema is written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == text,
        "{} is stale: INGENIUM_BLESS=1 writes it",
        file.display()
    );
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_case_keeps_the_schema_of_cases() {
    let schema = check("case.schema.json", &schemars::schema_for!(Case));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut judged = 0;
    for family in std::fs::read_dir(cases).expect("cases").flatten() {
        for file in std::fs::read_dir(family.path())
            .expect("a family")
            .flatten()
        {
            let text = std::fs::read(file.path()).expect("a case");
            let case: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            let errors: Vec<String> = validator
                .iter_errors(&case)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", file.path().display());
            judged += 1;
        }
    }
    assert!(judged >= 100, "{judged}");
    let wrong = serde_json::json!({"id": "X-01", "steps": [{"no_such_step": {}}]});
    assert!(!validator.is_valid(&wrong), "the schema refuses nothing");
}

#[test]
fn the_schema_of_reports_is_published() {
    let schema = check("report.schema.json", &Report::schema());
    jsonschema::validator_for(&schema).expect("a schema");
}

#[test]
fn the_schemas_of_a_components_own_files_are_published() {
    check("component.schema.json", &Manifest::schema());
    check("baseline.schema.json", &Baseline::schema());
}
