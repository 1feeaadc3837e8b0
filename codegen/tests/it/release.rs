//! Releases of a fixture: the schemas of this repository, called 1.0.0 and promising full compatibility.

use ingenium_codegen::compat::Contract;
use ingenium_codegen::release::{Release, SUMS, open};
use serde_json::{Value, json};

use crate::tree::Tree;

const ORDER: &str = "events/portfolio.order.schema.json";

fn called(version: &str) -> Tree {
    let mut tree = Tree::new();
    tree.set("catalog.json", "/contractVersion", json!(version));
    for event in 0..5 {
        tree.set(
            "catalog.json",
            &format!("/events/{event}/compatibility"),
            json!("full_transitive"),
        );
    }
    tree
}

#[track_caller]
fn refused(tree: &Tree, version: &str, earlier: &[Contract], why: &str) {
    match Release::prepare(tree.tree(), version, earlier) {
        Ok(_) => panic!("{version} is prepared"),
        Err(errors) => assert!(errors.to_string().contains(why), "{errors}"),
    }
}

#[test]
fn a_release_is_frozen_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let first = Release::prepare(called("1.0.0").tree(), "1.0.0", &[]).unwrap();
    first.write(folder.path()).unwrap();
    assert!(
        first
            .write(folder.path())
            .unwrap_err()
            .to_string()
            .contains("never changes")
    );

    let home = folder.path().join("1.0.0");
    let contract = open(&home).unwrap();
    assert_eq!(
        (contract.version.as_str(), contract.events.len()),
        ("1.0.0", 5)
    );
    let strict = std::fs::read_to_string(home.join("strict/portfolio.order.json")).unwrap();
    let bundle: Value = serde_json::from_str(&strict).unwrap();
    assert_eq!(
        bundle["$id"],
        "https://schemas.ingenium.example/1.0/strict/portfolio.order.json"
    );
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", SUMS])
        .current_dir(&home)
        .status();
    assert!(sums.unwrap().success());

    // Whatever happens to a file afterwards is seen.
    std::fs::write(
        home.join("strict/portfolio.order.json"),
        strict.replace("BUY", "BID"),
    )
    .unwrap();
    let errors = open(&home).unwrap_err().to_string();
    assert!(
        errors.contains("strict/portfolio.order.json") && errors.contains("not what was released"),
        "{errors}"
    );
    std::fs::remove_file(home.join("strict/portfolio.order.json")).unwrap();
    assert!(
        open(&home)
            .unwrap_err()
            .to_string()
            .contains("is not there")
    );
    std::fs::write(home.join("strict/portfolio.order.json"), strict).unwrap();
    std::fs::write(home.join("strict/other.json"), "{}").unwrap();
    assert!(
        open(&home)
            .unwrap_err()
            .to_string()
            .contains("was not released")
    );
}

#[test]
fn a_release_keeps_the_promises_of_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    let first = Release::prepare(called("1.0.0").tree(), "1.0.0", &[]).unwrap();
    first.write(folder.path()).unwrap();
    let earlier = [open(&folder.path().join("1.0.0")).unwrap()];

    let same = called("1.0.1");
    Release::prepare(same.tree(), "1.0.1", &earlier).unwrap();

    let mut wider = called("1.1.0");
    let member = json!({
        "$ref": "common.json#/$defs/FreeText",
        "description": "A note.",
        "examples": ["a"],
    });
    wider.set(ORDER, "/properties/Note", member);
    wider.vector(
        "portfolio.order",
        &json!({
            "Side": "BUY", "Quantity": "1", "Symbol": "AAPL", "Type": "MARKET", "Note": "a"
        }),
    );
    Release::prepare(wider.tree(), "1.1.0", &earlier).unwrap();
    // The same edit in a patch would give one id to two schemas.
    wider.set("catalog.json", "/contractVersion", json!("1.0.1"));
    refused(&wider, "1.0.1", &earlier, "release a new minor version");

    let mut breaking = called("1.1.0");
    breaking.set(
        "common.schema.json",
        "/$defs/VenueCode/pattern",
        json!("^[A-Z0-9._-]{1,8}$"),
    );
    refused(
        &breaking,
        "1.1.0",
        &earlier,
        "`ingenium.portfolio.order` is not backward compatible with 1.0.0: {",
    );
}

#[test]
fn what_stands_against_a_release_is_said() {
    refused(
        &called("1.0.0-draft"),
        "1.0.0",
        &[],
        "the contract says `1.0.0-draft`: write `1.0.0`",
    );
    for version in ["1.0", "v1.0.0", "1.0.0-draft", "01.0.0", ""] {
        refused(&called("1.0.0"), version, &[], "write MAJOR.MINOR.PATCH");
    }
    let mut faulty = called("1.0.0");
    faulty.set(ORDER, "/properties/Symbol/description", json!(""));
    refused(&faulty, "1.0.0", &[], "ING-L-");
}
