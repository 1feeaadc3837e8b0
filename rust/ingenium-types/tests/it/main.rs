//! Tests through the public door.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod event;
mod exact;
mod fingerprint;
mod http;
mod json_test_suite;
mod reader;
mod scalar;
mod step;
mod vector;

/// The repository, wherever the tests are started.
fn repository() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn no_test_file_is_forgotten() {
    let main = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            name == "main" || main.contains(&format!("\nmod {name};\n")),
            "main.rs does not name {name}"
        );
    }
}
