//! `ingenium schema`: the contract to read, to check and to compare.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::program::{Called, command, ingenium, root};

/// A folder with a copy of the schemas in `schemas`.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let copied = Command::new("cp")
            .arg("-r")
            .args([root().join("schemas"), folder.path().join("schemas")])
            .status();
        assert!(copied.expect("cp starts").success());
        Self(folder)
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.0.path().join("schemas").join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(old), "{file} has no {old}");
        fs::write(path, text.replace(old, new)).expect("a file");
    }

    /// Calls the program in the folder.
    fn call(&self, arguments: &[&str]) -> Called {
        call_in(self.0.path(), arguments)
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args([
                "-c",
                "user.name=T",
                "-c",
                "user.email=t@example.com",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(arguments)
            .current_dir(self.0.path())
            .status();
        assert!(status.expect("git starts").success(), "{arguments:?}");
    }
}

fn call_in(folder: &Path, arguments: &[&str]) -> Called {
    let output = command()
        .args(["schema"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary starts");
    Called {
        code: output.status.code().expect("an exit status"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Anywhere, without any file: the contract is in the binary.
fn built_in(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let called = call_in(folder.path(), arguments);
    assert_eq!(called.code, 0, "{called:?}");
    called.stdout
}

#[test]
fn event_types_are_listed_and_shown() {
    assert_snapshot!(built_in(&["list"]));
    assert_snapshot!(built_in(&["show", "portfolio.order"]));
    let list: Value = serde_json::from_str(&built_in(&["list", "--format", "json"])).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(5));
    let one: Value = serde_json::from_str(&built_in(&[
        "show",
        "ingenium.portfolio.order",
        "--format",
        "json",
    ]))
    .expect("JSON");
    assert_eq!(one["members"][1]["fix"], "38");
    let called = ingenium(&["schema", "show", "portfolio.ordre"]);
    assert_eq!(called.code, 2);
    assert!(
        called
            .stderr
            .contains("`portfolio.ordre` is no event type; there are ingestor.data,"),
        "{called:?}"
    );
}

#[test]
fn bundles_docs_and_asyncapi_are_those_of_the_repository() {
    let file = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let bundle = built_in(&["bundle", "portfolio.order", "--view", "reader"]);
    assert_eq!(bundle, file("schemas/dist/reader/portfolio.order.json"));
    assert_eq!(built_in(&["asyncapi"]), file("schemas/dist/asyncapi.json"));
    let folder = tempfile::tempdir().expect("a folder");
    let written = call_in(folder.path(), &["docs", "--out", "docs"]).stdout;
    assert_eq!(written.lines().count(), 7, "{written}");
    let page = fs::read_to_string(folder.path().join("docs/index.html")).expect("a page");
    assert_eq!(page, file("docs/reference/events/index.html"));
    let written = call_in(folder.path(), &["bundle", "--out", "dist"]).stdout;
    assert_eq!(written.lines().count(), 15, "{written}");
}

#[test]
fn a_catalog_of_ones_own_is_read() {
    let copy = Copy::new();
    copy.replace(
        "events/portfolio.cancel.schema.json",
        "A portfolio's request",
        "OUR request",
    );
    let shown = copy.call(&["show", "portfolio.cancel", "--schemas", "schemas"]);
    assert!(shown.stdout.contains("OUR request"), "{shown:?}");
}

#[test]
fn lint_names_place_and_rule() {
    let copy = Copy::new();
    let clean = copy.call(&["lint"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""), "{clean:?}");
    assert_eq!(clean.stderr.trim(), "11 files, 0 findings");

    copy.replace("common.schema.json", "^[A-Z0-9]{2,12}$", "[A-Z0-9]{2,12}");
    let called = copy.call(&["lint"]);
    assert_eq!(called.code, 1, "{called:?}");
    assert_snapshot!(called.stdout);
    for format in ["json", "jsonl", "sarif", "github", "junit"] {
        let called = copy.call(&["lint", "--format", format]);
        assert_eq!(called.code, 1, "{called:?}");
        assert!(
            called.stdout.contains("ING-L-REGEX-RE2"),
            "{format}: {called:?}"
        );
        assert_snapshot!(format!("lint_as_{format}"), called.stdout);
    }
    let nowhere = copy.call(&["lint", "nowhere"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.stderr.contains("`nowhere` holds no catalog.json"),
        "{nowhere:?}"
    );
}

#[test]
fn rules_and_changes_are_explained() {
    assert_snapshot!(built_in(&["explain", "ING-L-REGEX-RE2"]));
    assert_snapshot!(built_in(&["explain", "ing-b-pattern-changed"]));
    let all = built_in(&["explain"]);
    assert!(all.lines().count() > 40, "{all}");
    assert_eq!(ingenium(&["schema", "explain", "ING-X"]).code, 2);
}

#[test]
fn a_change_is_compared_with_a_commit() {
    let copy = Copy::new();
    copy.git(&["init", "--quiet"]);
    copy.git(&["add", "--all"]);
    copy.git(&["commit", "--quiet", "--message", "first"]);
    let same = copy.call(&["diff", "--against", ".git#HEAD", "--mode", "full"]);
    assert_eq!(same.code, 0, "{same:?}");

    copy.replace("common.schema.json", "^[A-Z0-9]{2,12}$", "^[A-Z0-9]{2,8}$");
    let drafts = copy.call(&["diff", "--against", ".git#main"]);
    assert_eq!(drafts.code, 0, "nothing is promised: {drafts:?}");
    let broken = copy.call(&["diff", "--against", ".git#main", "--mode", "backward"]);
    assert_eq!(broken.code, 1, "{broken:?}");
    assert_snapshot!(broken.stdout);
    for format in ["json", "sarif", "github"] {
        let called = copy.call(&[
            "diff",
            "--against",
            ".git#main",
            "--mode",
            "full",
            "--format",
            format,
        ]);
        assert_eq!(called.code, 1, "{called:?}");
        assert_snapshot!(format!("diff_as_{format}"), called.stdout);
    }
    for (against, why) in [
        (".git#gone", "git: "),
        (".git#--help", "names no commit"),
        ("9.9.9", "is no folder, no `.git#REF` and no release"),
    ] {
        let called = copy.call(&["diff", "--against", against]);
        assert_eq!(called.code, 2, "{called:?}");
        assert!(called.stderr.contains(why), "{called:?}");
    }
}

/// An open question fails until somebody vouches for it, with a reason.
#[test]
fn an_open_verdict_is_waived_by_name_only() {
    let old = Copy::new();
    let new = Copy::new();
    // Rules for attributes that are not listed are not compared.
    new.replace(
        "cloudevents/envelope.schema.json",
        "2147483647",
        "2147483646",
    );
    let against = old.0.path().join("schemas").display().to_string();
    let diff = ["diff", "--against", &against, "--mode", "full"];
    let open = new.call(&diff);
    assert_eq!(open.code, 1, "{open:?}");
    assert!(
        open.stdout
            .contains("backward  UNKNOWN: the rules for attributes that are not listed changed"),
        "{open:?}"
    );
    let waive = |direction: &str, reason: &str| {
        let waiver = format!(
            r#"{{"waivers": [{{"event": "envelope", "direction": "{direction}", "against": "1.0.0-draft", "reason": "{reason}"}}]}}"#
        );
        fs::write(new.0.path().join("schemas/CHANGES.json"), waiver).expect("a file");
    };
    waive("backward", "Nobody sends this number.");
    let half = new.call(&diff);
    assert_eq!(half.code, 1, "{half:?}");
    assert!(
        half.stdout
            .contains("backward  WAIVED: Nobody sends this number."),
        "{half:?}"
    );
    assert!(half.stdout.contains("forward   UNKNOWN"), "{half:?}");
    waive("backward", " ");
    assert_eq!(new.call(&diff).code, 2, "a reason is given");
}
