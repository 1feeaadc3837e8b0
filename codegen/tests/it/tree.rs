//! A copy of the schemas, to break in one place.

use std::path::{Path, PathBuf};

use ingenium_codegen::lint::lint;
use ingenium_codegen::{Error, FileSet, generate};
use serde_json::Value;

/// The repository that the tests belong to.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The authored schemas, as they are.
pub(crate) fn authored() -> ingenium_codegen::Tree {
    ingenium_codegen::Tree::open(&repository().join("schemas")).unwrap()
}

/// A copy of the authored schemas, files named relative to `schemas/`.
pub(crate) struct Tree(ingenium_codegen::Tree);

impl Tree {
    pub(crate) fn new() -> Self {
        Self(authored())
    }

    /// Replaces the text of a file.
    pub(crate) fn write(&mut self, file: &str, text: &str) {
        self.0.insert(format!("schemas/{file}"), text.into());
    }

    #[track_caller]
    fn text(&self, file: &str) -> String {
        let bytes = self.0.get(&format!("schemas/{file}"));
        let bytes = bytes.unwrap_or_else(|| panic!("{file} is not there"));
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// Replaces `old` by `new` in a file; `old` must stand there.
    #[track_caller]
    pub(crate) fn replace(&mut self, file: &str, old: &str, new: &str) {
        let text = self.text(file);
        assert!(text.contains(old), "{file} has no {old}");
        self.write(file, &text.replacen(old, new, 1));
    }

    /// Sets the value at a JSON pointer, whose parent must exist.
    #[track_caller]
    pub(crate) fn set(&mut self, file: &str, pointer: &str, value: Value) {
        let mut json: Value = serde_json::from_str(&self.text(file)).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = json.pointer_mut(parent).expect("the parent exists");
        match parent {
            Value::Array(items) if name == "-" => items.push(value),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            parent => parent[name] = value,
        }
        self.write(file, &json.to_string());
    }

    /// Adds a valid vector.
    pub(crate) fn vector(&mut self, event: &str, data: &Value) {
        let file = format!("vectors/{event}/valid/added.json");
        self.write(&file, &serde_json::json!({ "data": data }).to_string());
    }

    /// Removes the value at a JSON pointer.
    #[track_caller]
    pub(crate) fn remove(&mut self, file: &str, pointer: &str) {
        let mut json: Value = serde_json::from_str(&self.text(file)).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let removed = match json.pointer_mut(parent) {
            Some(Value::Array(items)) => Some(items.remove(name.parse().unwrap())),
            Some(Value::Object(members)) => members.remove(name),
            _ => None,
        };
        assert!(removed.is_some(), "{file} has no {pointer}");
        self.write(file, &json.to_string());
    }

    /// Replaces every `old` by `new` in a file.
    pub(crate) fn rename(&mut self, file: &str, old: &str, new: &str) {
        let text = self.text(file).replace(old, new);
        self.write(file, &text);
    }

    pub(crate) const fn tree(&self) -> &ingenium_codegen::Tree {
        &self.0
    }

    pub(crate) fn generate(&self) -> FileSet {
        generate(&self.0).unwrap()
    }

    /// The errors of the generator, one a line.
    #[track_caller]
    pub(crate) fn errors(&self) -> String {
        match generate(&self.0) {
            Ok(_) => panic!("nothing is wrong"),
            Err(errors) => errors.to_string(),
        }
    }

    pub(crate) fn lint(&self) -> Vec<Error> {
        lint(&self.0)
    }
}
