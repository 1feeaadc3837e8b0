//! Cases, pages and mutants belong together.

use std::collections::BTreeSet;
use std::path::Path;

use ingenium_conformance::mutant::of_role;
use ingenium_conformance::{Case, Level, Report, Role, catalogue};
use ingenium_runtime::environment::Environment;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    catalogue::cases().expect("the embedded cases are well-formed")
}

#[test]
fn every_case_file_is_read() {
    let folder = package().join("cases");
    let mut files = 0;
    for family in std::fs::read_dir(folder).expect("cases").flatten() {
        files += std::fs::read_dir(family.path()).expect("a family").count();
    }
    assert_eq!(cases().len(), files, "a folder is missing in FAMILIES");
}

#[test]
fn ids_are_unique_and_stand_in_their_family() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        assert!(seen.insert(case.id.clone()), "{} twice", case.id);
        let family = case.id.split('-').next().unwrap_or_default().to_lowercase();
        let path = package().join(format!("cases/{family}/{}.json", case.id));
        assert!(path.is_file(), "{}", path.display());
    }
}

#[test]
fn every_check_has_a_page() {
    let ids: BTreeSet<String> = cases().into_iter().map(|case| case.id).collect();
    for case in cases() {
        let page = catalogue::page(&case.id).unwrap_or_else(|| panic!("no page of {}", case.id));
        let title = format!("# {}: {}\n", case.id, case.title);
        assert!(page.starts_with(&title), "the title of {}", case.id);
        for part in [
            "## Why\n",
            "## Fails\n",
            "## Passes\n",
            "## Fix\n",
            "## Source\n",
        ] {
            assert!(page.contains(part), "{} has no {part}", case.id);
        }
        assert!(
            page.contains(&case.hint),
            "{}: page and hint differ",
            case.id
        );
    }
    for file in std::fs::read_dir(package().join("checks"))
        .expect("checks")
        .flatten()
    {
        let name = file.file_name().to_string_lossy().replace(".md", "");
        assert!(ids.contains(&name), "a page without a check: {name}");
    }
}

/// Checks whose violation is a warning.
const SHOULD: [&str; 20] = [
    "BRK-07", "BRK-08", "BRK-10", "CAU-01", "CAU-02", "DEL-03", "DEL-09", "DEL-11", "ENV-11",
    "ENV-14", "HTTP-06", "OPS-03", "OPS-04", "POR-08", "RCV-07", "RCV-10", "RCV-11", "RCV-12",
    "RCV-13", "RCV-14",
];

/// What is measured and never judged.
const INFO: [&str; 1] = ["OPS-05"];

/// A level is a promise to those who are judged: it changes here, or not at all.
#[test]
fn levels_are_those_that_were_decided() {
    for case in cases() {
        let id = case.id.as_str();
        let level = if SHOULD.contains(&id) {
            Level::Should
        } else if INFO.contains(&id) {
            Level::Info
        } else {
            Level::Must
        };
        assert_eq!(case.level, level, "{id}");
        let page = catalogue::page(id).unwrap_or_default();
        let word = match level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::Info => "Measured only",
        };
        let line = format!("\n\n{word} · profile {} · ", case.profile);
        assert!(page.contains(&line), "the page of {id} has no `{line}`");
    }
    let known = |id: &&str| cases().iter().any(|case| case.id == **id);
    assert!(SHOULD.iter().chain(&INFO).all(known));
}

#[test]
fn the_requirements_are_those_of_this_contract() {
    let written = catalogue::requirements().expect("the embedded requirements are well-formed");
    let now = catalogue::Requirements {
        contract: ingenium_contract::CONTRACT_VERSION.to_owned(),
        contract_digest: ingenium_contract::CONTRACT_DIGEST.to_owned(),
        checks: cases().into_iter().map(|case| case.id).collect(),
    };
    if Environment::of_process().get("INGENIUM_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&now).expect("JSON") + "\n";
        std::fs::write(package().join("requirements/1.0.json"), text).expect("written");
    }
    for id in &written.checks {
        assert!(now.checks.contains(id), "{id} is asked for and is gone");
    }
    // A draft asks for what there is; a contract that is released asks for what it asked for then.
    if now.contract.ends_with("-draft") {
        assert_eq!(
            written, now,
            "INGENIUM_BLESS=1 writes conformance/requirements/1.0.json"
        );
    }
}

#[test]
fn checks_and_mutants_name_each_other() {
    let mut named: BTreeSet<(Role, String)> = BTreeSet::new();
    for case in cases() {
        let by_row: Vec<Vec<String>> = match case.rows.as_slice() {
            [] => vec![case.killed_by.clone()],
            rows => rows.iter().map(|row| row.killed_by.clone()).collect(),
        };
        for killed_by in &by_row {
            assert_eq!(
                killed_by.is_empty(),
                case.level == Level::Info,
                "{} is scored, or is not",
                case.id
            );
        }
        for name in by_row.into_iter().flatten() {
            let roles: Vec<Role> = case
                .roles
                .iter()
                .copied()
                .filter(|role| of_role(*role).any(|fault| fault.name == name))
                .collect();
            assert!(!roles.is_empty(), "{}: there is no mutant {name}", case.id);
            named.extend(roles.into_iter().map(|role| (role, name.clone())));
        }
    }
    for role in Role::ALL {
        for fault in of_role(role).filter(|fault| fault.name != "M-NULL") {
            let key = (role, fault.name.to_owned());
            assert!(named.contains(&key), "no check names {role} {}", fault.name);
        }
    }
}

#[test]
fn the_report_has_a_schema() {
    let schema = serde_json::to_value(Report::schema()).expect("JSON");
    let required = schema["required"].as_array().expect("required members");
    assert!(
        required.iter().any(|member| member == "conformant"),
        "{schema}"
    );
}
