//! The authored schemas, in memory: read once, from a folder, a commit or a test.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;

/// Generated or frozen: no source.
const NOT_AUTHORED: [&str; 2] = ["dist", "released"];

/// The JSON files below `schemas/`, by their path relative to the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, Vec<u8>>);

impl Tree {
    /// Reads the folder that holds `catalog.json`; its files are named `schemas/…`, wherever it stands.
    ///
    /// # Errors
    /// When a file or folder cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        let mut folders = vec![(folder.to_owned(), "schemas".to_owned())];
        while let Some((folder, name)) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let file = entry.file_name();
                let Some(file) = file.to_str() else {
                    continue; // a name that no catalog can say
                };
                let path = format!("{name}/{file}");
                if entry.path().is_dir() {
                    if !NOT_AUTHORED.contains(&file) {
                        folders.push((entry.path(), path));
                    }
                } else if is_schema(file) {
                    tree.insert(path, std::fs::read(entry.path())?);
                }
            }
        }
        Ok(tree)
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.0.insert(path.into(), bytes);
    }

    /// The bytes of a file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// The files below `folder`, which ends in `/`, in the order of their names.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let files = self.0.range(folder.to_owned()..);
        files
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Whether a file of this path, which starts with `schemas/`, is part of a contract that people write.
    #[must_use]
    pub fn is_authored(path: &str) -> bool {
        let inside = path.trim_start_matches("schemas/");
        let folder = inside.split('/').next().unwrap_or_default();
        is_schema(path) && !NOT_AUTHORED.contains(&folder)
    }

    pub(crate) fn json(&self, path: &str) -> Result<Json, Errors> {
        let Some(bytes) = self.get(path) else {
            return Err(Error::new(rule::FILE, path, "", "there is no such file").into());
        };
        serde_json::from_slice(bytes)
            .map_err(|error| Error::new(rule::JSON, path, "", format!("not JSON: {error}")).into())
    }
}

/// Whether a file of this name can be part of the contract.
fn is_schema(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "json")
}

/// A file about envelopes, which a catalog of somebody else's need not bring.
pub(crate) fn built_in(path: &str) -> Option<&'static str> {
    match path {
        "schemas/cloudevents/envelope.schema.json" => Some(include_str!(
            "../../schemas/cloudevents/envelope.schema.json"
        )),
        "schemas/cloudevents/ingenium-profile.schema.json" => Some(include_str!(
            "../../schemas/cloudevents/ingenium-profile.schema.json"
        )),
        _ => None,
    }
}
