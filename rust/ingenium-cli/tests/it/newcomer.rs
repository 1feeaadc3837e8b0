//! The first five minutes of somebody new, as docs/first-five-minutes.md tells them: every command there is run here.

use std::path::Path;
use std::process::Command;

use ingenium_runtime::environment::Environment;

use crate::program::root;

const HEAD: &str = "\
# The first five minutes

Written by the tests from what the commands print:
`INGENIUM_BLESS=1 cargo test -p ingenium-cli --test it newcomer`.

You have a strategy, here [in Python](../conformance/examples/newcomer/my_strategy.py): an HTTP server that gets bars and
answers with signals. Nothing of ours is in it. Its first version says `BUY` and `SELL`.

";

const NEXT: &str = "\
That is the wire (L1). `--profile L2` stops the process, repeats and reorders what it gets, and finds that late bars
change what this strategy decides afterwards (DEL-07); `--profile L3` judges it as a strategy.
[conformance.md](reference/conformance.md) has the rest.
";

/// A step: what is said before it, the command, and the words that its output must hold.
const STEPS: &[(&str, &str, &[&str])] = &[
    (
        "Judge it:",
        "ingenium conform --role strategy --profile L1 --seed 7 -- python3 my_strategy.py | grep -A1 -E '^(FAIL|not)'",
        &[
            "FAIL          PAY-04",
            "`SELL`",
            "not conformant: 35 of 37 checks",
        ],
    ),
    (
        "Two checks fail, and both point at the same bytes. What does the second one want?",
        "ingenium conform explain PAY-04",
        &["# PAY-04", "## Fix"],
    ),
    (
        "So be it:",
        "sed -i 's/BUY/LONG/; s/SELL/SHORT/' my_strategy.py",
        &[],
    ),
    (
        "And again, with a badge for the README:",
        "ingenium conform --role strategy --profile L1 --seed 7 --out badge=badge.svg -- python3 my_strategy.py | tail -2",
        &["conformant: 37 of 37 checks, Ingenium 1.0.0-draft strategy L1"],
    ),
];

fn bash(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_ingenium"));
    let programs = program.parent().expect("a folder").display().to_string();
    let output = Command::new("bash")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{programs}:/usr/local/bin:/usr/bin:/bin"))
        .output()
        .expect("bash runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What differs from run to run is left out.
fn steady(text: &str) -> String {
    let differs = |line: &&str| {
        let line = line.trim_start().trim_start_matches("| ");
        !["date: ", "server: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let lines: Vec<&str> = text.lines().filter(differs).collect();
    lines.join("\n")
}

#[track_caller]
fn compare(file: &Path, text: &str) {
    if Environment::of_process().get("INGENIUM_BLESS").is_some() {
        std::fs::write(file, text).expect("written");
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == text,
        "{} is stale: INGENIUM_BLESS=1 writes it; now it is\n{text}",
        file.display()
    );
}

#[test]
fn the_first_five_minutes_are_as_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let component = root().join("conformance/examples/newcomer/my_strategy.py");
    let component = std::fs::read_to_string(component).expect("the component");
    let wrong = component
        .replace("\"LONG\"", "\"BUY\"")
        .replace("\"SHORT\"", "\"SELL\"");
    assert_ne!(wrong, component);
    std::fs::write(folder.path().join("my_strategy.py"), wrong).expect("a file");
    let mut page = HEAD.to_owned();
    for (before, command, holds) in STEPS {
        let said = steady(&bash(folder.path(), command));
        for words in *holds {
            assert!(
                said.contains(words),
                "{command} does not say {words}:\n{said}"
            );
        }
        // A page inside a page: its own fences stay what they are.
        let said = if said.is_empty() {
            said
        } else {
            format!("{said}\n")
        };
        page += &format!("{before}\n\n````console\n$ {command}\n{said}````\n\n");
    }
    page += "![the badge](first-five-minutes.svg)\n\n";
    page += NEXT;
    compare(&root().join("docs/first-five-minutes.md"), &page);
    let badge = std::fs::read_to_string(folder.path().join("badge.svg")).expect("a badge");
    compare(&root().join("docs/first-five-minutes.svg"), &badge);
    let repaired = std::fs::read_to_string(folder.path().join("my_strategy.py"));
    assert_eq!(repaired.expect("the component"), component);
}
