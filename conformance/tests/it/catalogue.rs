//! Cases, pages and mutants belong together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ingenium_conformance::{Case, Report, case};

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    case::all().expect("the embedded cases are well-formed")
}

#[test]
fn every_case_file_is_embedded() {
    let mut on_disk = BTreeSet::new();
    for family in fs::read_dir(package().join("cases"))
        .expect("cases")
        .flatten()
    {
        for file in fs::read_dir(family.path()).expect("a family").flatten() {
            let path: PathBuf = file.path();
            let name = path
                .strip_prefix(package().join("cases"))
                .expect("inside")
                .to_string_lossy()
                .into_owned();
            on_disk.insert(name);
        }
    }
    let embedded: BTreeSet<String> = case::files().into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(
        on_disk, embedded,
        "list every case file in conformance/src/case.rs"
    );
}

#[test]
fn every_check_has_a_page_and_a_mutant() {
    for case in cases() {
        let page = package().join("checks").join(format!("{}.md", case.id));
        let text =
            fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        assert!(
            text.starts_with(&format!("# {}: {}\n", case.id, case.title)),
            "the title of {}",
            page.display()
        );
        assert!(
            !case.killed_by.is_empty(),
            "{} is killed by no mutant",
            case.id
        );
    }
}

#[test]
fn the_report_has_a_schema_that_its_own_reports_keep() {
    let schema = serde_json::to_value(Report::schema()).expect("JSON");
    let report = serde_json::json!({
        "contract": "1.0.0", "contract_digest": "sha256:", "runner": "0", "role": "strategy", "command": ["x"],
        "emissions": 0, "conformant": false, "checks": [{
            "id": "ENV-01", "title": "t", "level": "must", "verdict": "NOT_EXERCISED", "judged": 0
        }]
    });
    let parsed: Report = serde_json::from_value(report.clone()).expect("a report");
    assert_eq!(serde_json::to_value(&parsed).expect("JSON"), report);
    let required = schema["required"].as_array().expect("required members");
    assert!(
        required.iter().any(|member| member == "conformant"),
        "{schema}"
    );
}
