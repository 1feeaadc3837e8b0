//! Each mutant fails exactly the checks that name it.

use std::collections::BTreeSet;

use ingenium_conformance::{Options, Report, Role, Verdict, case, run};

async fn judge(mutant: &str) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let command = [
        env!("CARGO_BIN_EXE_ingenium-mutant"),
        "--role",
        "strategy",
        "--as",
        mutant,
    ];
    let options = Options {
        role: Role::Strategy,
        command: command.map(ToOwned::to_owned).to_vec(),
        output: folder.path().to_owned(),
    };
    let report = run(&options)
        .await
        .unwrap_or_else(|error| panic!("{mutant}: {error}"));
    let written = std::fs::read(folder.path().join("report.json")).expect("report.json");
    let written: Report = serde_json::from_slice(&written).expect("report.json is a report");
    assert_eq!(
        written.conformant, report.conformant,
        "what is written is what is returned"
    );
    report
}

fn bad(report: &Report) -> BTreeSet<String> {
    report
        .checks
        .iter()
        .filter(|check| !check.verdict.is_good())
        .map(|check| check.id.clone())
        .collect()
}

fn declared(mutant: &str) -> BTreeSet<String> {
    let cases = case::all().expect("the embedded cases are well-formed");
    let names =
        |case: &ingenium_conformance::Case| case.killed_by.iter().any(|name| name == mutant);
    cases
        .into_iter()
        .filter(names)
        .map(|case| case.id)
        .collect()
}

#[tokio::test]
async fn a_component_without_a_fault_passes() {
    let report = judge("M-NONE").await;
    assert_eq!(bad(&report), BTreeSet::new(), "{report:#?}");
    assert!(report.conformant);
    assert!(report.emissions > 0);
}

#[tokio::test]
async fn a_component_that_does_nothing_passes_no_check_about_emissions() {
    let report = judge("M-NULL").await;
    assert!(!report.conformant);
    let all: BTreeSet<String> = report.checks.iter().map(|check| check.id.clone()).collect();
    assert_eq!(bad(&report), all, "nothing was seen, so nothing is proven");
    let emission_checks = report
        .checks
        .iter()
        .filter(|check| !check.id.starts_with("RCV"));
    assert!(emission_checks.clone().count() > 0);
    for check in emission_checks {
        assert_eq!(check.verdict, Verdict::Inconclusive, "{}", check.id);
    }
}

#[tokio::test]
async fn each_mutant_fails_exactly_the_checks_that_name_it() {
    let cases = case::all().expect("the embedded cases are well-formed");
    let mutants: BTreeSet<String> = cases.into_iter().flat_map(|case| case.killed_by).collect();
    assert!(mutants.len() > 10);
    let mut differences = Vec::new();
    for mutant in mutants.iter().filter(|mutant| *mutant != "M-NULL") {
        let (found, wanted) = (bad(&judge(mutant).await), declared(mutant));
        if found != wanted {
            differences.push(format!("{mutant} fails {found:?}, declared {wanted:?}"));
        }
    }
    assert_eq!(differences, Vec::<String>::new());
}
