//! A temporary copy of the schemas, to break in one place.

use std::path::{Path, PathBuf};

use ingenium_codegen::{FileSet, generate};
use serde_json::Value;

/// The repository that the tests belong to.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A copy of the authored schemas.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for file in [
            "catalog.json",
            "common.schema.json",
            "meta/catalog.schema.json",
            "meta/schema.schema.json",
        ] {
            tree.copy(file);
        }
        for entry in std::fs::read_dir(repository().join("schemas/events")).unwrap() {
            let name = entry.unwrap().file_name();
            tree.copy(&format!("events/{}", name.to_str().unwrap()));
        }
        tree
    }

    /// Adds the envelope's schemas and all vectors.
    pub(crate) fn with_vectors(&self) {
        for folder in ["cloudevents", "vectors"] {
            let from = repository().join("schemas").join(folder);
            let to = self.path(folder);
            let status = std::process::Command::new("cp")
                .arg("-r")
                .args([from, to])
                .status();
            assert!(status.unwrap().success(), "{folder} is copied");
        }
    }

    fn copy(&self, file: &str) {
        let to = self.path(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(repository().join("schemas").join(file), to).unwrap();
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join("schemas").join(file)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    /// Replaces the text of a file.
    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path(file), text).unwrap();
    }

    /// Replaces `old` by `new` in a file; `old` must stand there.
    #[track_caller]
    pub(crate) fn replace(&self, file: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(old), "{file} has no {old}");
        self.write(file, &text.replacen(old, new, 1));
    }

    /// Sets the value at a JSON pointer, whose parent must exist.
    #[track_caller]
    pub(crate) fn set(&self, file: &str, pointer: &str, value: Value) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = json.pointer_mut(parent).expect("the parent exists");
        match parent {
            Value::Array(items) if name == "-" => items.push(value),
            parent => parent[name] = value,
        }
        self.write(file, &json.to_string());
    }

    pub(crate) fn generate(&self) -> FileSet {
        generate(self.root()).unwrap()
    }

    /// The errors, one a line.
    #[track_caller]
    pub(crate) fn errors(&self) -> String {
        match generate(self.root()) {
            Ok(_) => panic!("nothing is wrong"),
            Err(errors) => errors.to_string(),
        }
    }
}
