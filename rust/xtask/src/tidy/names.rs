//! A file is named after the one thing that it holds.

use std::path::Path;

const DUMPING_GROUNDS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

fn violation(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_string_lossy();
    let is_code = path.extension().is_some_and(|extension| extension == "rs");
    (is_code && DUMPING_GROUNDS.contains(&stem.as_ref()))
        .then(|| format!("{}: name the file after what it holds", path.display()))
}

#[test]
fn files_are_named_after_what_they_hold() {
    let found: Vec<String> = super::files()
        .iter()
        .filter_map(|path| violation(path))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_dumping_ground_is_found() {
    assert!(violation(Path::new("rust/ingenium/src/util.rs")).is_some());
    assert!(violation(Path::new("rust/ingenium/src/backoff.rs")).is_none());
}
