//! Tests through the public door.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod change;
mod compat;
mod drift;
mod envelope;
mod example;
mod hostile;
mod lint;
mod mutation;
mod reference;
mod release;
mod snapshot;
mod tree;
mod vector;

#[test]
fn no_test_file_is_forgotten() {
    let main = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let known = name == "main" || path.is_dir() || main.contains(&format!("\nmod {name};\n"));
        assert!(known, "main.rs does not name {name}");
    }
}
