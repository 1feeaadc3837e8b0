//! What a component claims changes what it is asked.

use std::collections::BTreeSet;

use ingenium_conformance::{Options, Place, Role, run};

/// The checks of a family that a component fails which is started with, and claims, a feature.
async fn failed(role: Role, name: &str, feature: &str, family: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let flag = format!("--{feature}");
    let program = env!("CARGO_BIN_EXE_ingenium-mutant");
    let command = [program, "--role", role.name(), "--as", name, &flag];
    let place = Place::Command(command.map(ToOwned::to_owned).to_vec());
    let options = Options {
        only: vec![family.to_owned()],
        live: feature == "live",
        claims: vec![feature.to_owned()],
        ..Options::new(role, place, folder.path())
    };
    let report = run(&options, &()).await.expect("a report");
    let bad = report
        .checks
        .into_iter()
        .filter(|check| !check.verdict.is_good());
    bad.map(|check| check.id).collect()
}

/// What is asked of portfolios with margin is asked: the faults that long-only ones are caught with are caught.
#[tokio::test]
async fn a_portfolio_with_margin_is_asked_what_it_can_do() {
    let cases: [(&str, &[&str]); 4] = [
        ("M-NONE", &[]),
        ("M-SELLS-ONE", &["POR-04"]),
        ("M-BOOKS-TWICE", &["POR-05"]),
        ("M-BOOKS-STRANGERS", &["POR-06"]),
    ];
    for (name, expected) in cases {
        let found = failed(Role::Portfolio, name, "margin", "POR").await;
        let expected: BTreeSet<String> = expected.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(found, expected, "{name}");
    }
}
