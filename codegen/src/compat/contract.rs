//! A contract as far as compatibility is concerned: its bundles, whether authored or released.

use serde_json::Value;

use crate::catalog::{Catalog, Entry};
use crate::error::Errors;
use crate::tree::Tree;

/// All schemas of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Its semantic version.
    pub version: String,
    /// Its event types.
    pub events: Vec<Schemas>,
    /// The envelope and the profile, where they are known.
    pub(super) envelope: Option<(Value, Value)>,
}

/// One event type with its bundles.
#[derive(Debug, Clone, PartialEq)]
pub struct Schemas {
    /// Its line of the catalog.
    pub entry: Entry,
    /// What a producer must emit.
    pub strict: Value,
    /// What a consumer must accept.
    pub reader: Value,
    /// Payloads that once were worth a vector.
    pub(super) vectors: Vec<Value>,
}

impl Contract {
    /// The contract of an authored tree.
    ///
    /// # Errors
    /// Every fault of the schemas.
    pub fn authored(tree: &Tree) -> Result<Self, Errors> {
        let files = crate::bundles(tree)?;
        let bundle = |path: &str| {
            serde_json::from_str(files.get(path).unwrap_or("true")).unwrap_or(Value::Bool(true))
        };
        Self::read(tree, bundle)
    }

    /// The contract of a release, read as a tree: bundles beside the catalog.
    pub(crate) fn released(tree: &Tree) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let contract = Self::read(tree, |path| {
            let path = path.replacen("schemas/dist", "schemas", 1);
            errors
                .keep(tree.json(&path))
                .map_or(Value::Bool(true), |json| json.to_value())
        })?;
        errors.or(contract)
    }

    fn read(tree: &Tree, mut bundle: impl FnMut(&str) -> Value) -> Result<Self, Errors> {
        let catalog = Catalog::from_json(&tree.json(crate::catalog::FILE)?)?;
        let events = catalog.events.into_iter().map(|entry| {
            let name = entry.name().to_owned();
            Schemas {
                strict: bundle(&format!("schemas/dist/strict/{name}.json")),
                reader: bundle(&format!("schemas/dist/reader/{name}.json")),
                vectors: vectors(tree, &name),
                entry,
            }
        });
        let file = |name: &str| {
            let path = format!("schemas/cloudevents/{name}.schema.json");
            tree.json(&path).ok().map(|json| json.to_value())
        };
        Ok(Self {
            version: catalog.contract_version,
            events: events.collect(),
            envelope: file("envelope").zip(file("ingenium-profile")),
        })
    }

    /// The schemas of an event type.
    #[must_use]
    pub fn event(&self, event_type: &str) -> Option<&Schemas> {
        self.events
            .iter()
            .find(|event| event.entry.event_type == event_type)
    }
}

/// The payloads of all vectors of an event, valid or not: which they are, the bundles say.
fn vectors(tree: &Tree, name: &str) -> Vec<Value> {
    let folder = format!("schemas/vectors/{name}/");
    let files = tree.below(&folder);
    files
        .filter_map(|(_, bytes)| {
            let mut vector: Value = serde_json::from_slice(bytes).ok()?;
            Some(vector.get_mut("data")?.take())
        })
        .collect()
}
