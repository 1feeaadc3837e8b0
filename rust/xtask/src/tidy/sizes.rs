//! A file that no longer fits a head holds more than one concept.

use std::fs;
use std::path::Path;

/// Lines before the tests of a file; aim for 300.
const MOST: usize = 500;

fn violation(path: &Path, text: &str) -> Option<String> {
    let generated = text
        .lines()
        .next()
        .is_some_and(|line| line.contains("@generated"));
    let lines = text
        .lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .count();
    (!generated && lines > MOST).then(|| {
        format!(
            "{}: {lines} lines, more than {MOST}: split it",
            path.display()
        )
    })
}

#[test]
fn files_fit_a_head() {
    let mut found = Vec::new();
    for path in super::files()
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
    {
        let text = fs::read_to_string(super::root().join(path)).expect("a source file is text");
        found.extend(violation(path, &text));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_long_file_is_found() {
    let long = "fn f() {}\n".repeat(MOST + 1);
    assert!(violation(Path::new("long.rs"), &long).is_some());
    assert!(
        violation(
            Path::new("generated.rs"),
            &format!("//! @generated\n{long}")
        )
        .is_none()
    );
    assert!(violation(Path::new("tested.rs"), &format!("#[cfg(test)]\n{long}")).is_none());
}
