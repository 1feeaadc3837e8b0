//! The command line describes itself: help, completions, manual pages, and the page of each command in the reference.

use std::fs;

use crate::program::{ingenium, root};

/// Every command, by its words.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["up"],
    &["run"],
    &["backtest"],
    &["backtest", "run"],
    &["backtest", "verify"],
    &["backtest", "compare"],
    &["backtest", "sweep"],
    &["backtest", "schema"],
    &["broker"],
    &["broker", "run"],
    &["broker", "check"],
    &["broker", "backup"],
    &["broker", "restore"],
    &["trigger"],
    &["trigger", "list"],
    &["trigger", "apply"],
    &["trigger", "describe"],
    &["trigger", "delete"],
    &["events"],
    &["events", "tail"],
    &["events", "send"],
    &["events", "export"],
    &["events", "import"],
    &["events", "trace"],
    &["events", "replay"],
    &["validate"],
    &["conform"],
    &["conform", "list"],
    &["conform", "explain"],
    &["conform", "init"],
    &["conform", "report"],
    &["conform", "report", "convert"],
    &["conform", "report", "diff"],
    &["conform", "report", "badge"],
    &["conform", "self-test"],
    &["tap"],
    &["schema"],
    &["schema", "list"],
    &["schema", "show"],
    &["schema", "bundle"],
    &["schema", "docs"],
    &["schema", "asyncapi"],
    &["schema", "eventtypes"],
    &["schema", "graph"],
    &["schema", "lint"],
    &["schema", "diff"],
    &["schema", "explain"],
    &["generate"],
    &["completions"],
    &["man"],
];

/// The reference page, made of what the binary says.
fn page() -> String {
    let mut page = String::from(
        "# The command line\n\nWritten by the tests from what `ingenium --help` says: `INGENIUM_BLESS=1 cargo test -p \
         ingenium-cli reference`.\n",
    );
    for words in COMMANDS {
        let called = ingenium(&[words, &["--help"][..]].concat());
        assert_eq!(called.code, 0, "{words:?}: {called:?}");
        let name = [&["ingenium"], *words].concat().join(" ");
        page += &format!(
            "\n## `{name}`\n\n```text\n{}\n```\n",
            called.stdout.trim_end()
        );
    }
    page
}

#[test]
fn every_command_has_an_example_and_its_page_in_the_reference() {
    let page = page();
    for section in page.split("\n## ").skip(2) {
        assert!(section.contains("\n  $ "), "no example in {section}");
    }
    compare("docs/reference/cli.md", &page);
}

#[test]
fn every_rule_of_schemas_has_its_section_in_the_reference() {
    let list = ingenium(&["schema", "explain"]).stdout;
    let ids = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut page = String::from(
        "# Rules of schemas\n\nWhat `ingenium schema lint` finds (ING-L) and what `ingenium schema diff` names (ING-B), as \
         `ingenium schema explain` says it.\n",
    );
    for id in ids {
        let called = ingenium(&["schema", "explain", id]);
        assert_eq!(called.code, 0, "{called:?}");
        page += &format!("\n## {id}\n\n```text\n{}\n```\n", called.stdout.trim_end());
    }
    compare("docs/reference/schema-rules.md", &page);
}

/// The page is committed as it would be written today.
fn compare(path: &str, page: &str) {
    let file = root().join(path);
    if std::env::var_os("INGENIUM_BLESS").is_some() {
        fs::write(&file, page).expect("the page is written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "{path}: run `INGENIUM_BLESS=1 cargo test -p ingenium-cli reference`"
    );
}

/// Every command that the program offers is in the list above.
#[test]
fn no_command_is_forgotten() {
    let help = ingenium(&["--help"]).stdout;
    let commands = help.split("Commands:").nth(1).expect("a list");
    let offered: Vec<&str> = commands
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let listed: Vec<&str> = COMMANDS
        .iter()
        .filter(|words| words.len() == 1)
        .filter_map(|words| words.first().copied())
        .collect();
    assert_eq!(offered, listed);
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let called = ingenium(&["completions", shell]);
        assert_eq!(called.code, 0, "{called:?}");
        assert!(called.stdout.contains("max-findings"), "{shell}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().display().to_string();
    assert_eq!(ingenium(&["man", "--out", &path]).code, 0);
    let page = fs::read_to_string(folder.path().join("ingenium-validate.1")).expect("a page");
    assert!(page.contains("max\\-findings"), "{page}");
    let called = ingenium(&["man", "--out", "no/such/folder"]);
    assert_eq!(called.code, 2);
    assert!(called.stderr.contains("no/such/folder"), "{called:?}");
}
