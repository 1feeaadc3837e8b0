//! Lint: everything that is wrong with the schemas, each with the rule that it breaks.
//!
//! What the generator refuses is refused here, too, and more: what would generate, but badly.

use crate::catalog::{self, Catalog, Entry};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::tree::Tree;

mod coverage;
mod example;
mod name;
mod pattern;
mod redundancy;
mod rule;
mod walk;

pub(crate) use rule::*;
pub use rule::{RULES, Rule};

/// A schema file, read but not believed.
pub(crate) struct File {
    /// Relative to the repository.
    pub(crate) name: String,
    pub(crate) json: Json,
}

/// All schema files of a repository.
pub(crate) struct Schemas {
    pub(crate) common: File,
    /// With their lines of the catalog.
    pub(crate) events: Vec<(Entry, File)>,
}

impl Schemas {
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        std::iter::once(&self.common).chain(self.events.iter().map(|(_, file)| file))
    }
}

/// Everything that is wrong with the schemas, in the order of files.
#[must_use]
pub fn lint(tree: &Tree) -> Vec<Error> {
    let mut errors = Errors::default();
    // What the generator says comes first: it has looked at more at once.
    errors.keep(crate::generate(tree));
    if let Some(schemas) = read(tree, &mut errors) {
        for file in schemas.files() {
            walk::definitions(file, &mut errors);
            pattern::check(file, &mut errors);
            redundancy::check(file, &mut errors);
        }
        name::check(&schemas, &mut errors);
        example::check(&schemas, &mut errors);
        coverage::check(tree, &schemas, &mut errors);
    }
    attributes(tree, &mut errors);
    let mut errors: Vec<Error> = errors.iter().cloned().collect();
    errors.sort_by(|a, b| (&a.file, &a.pointer, a.rule).cmp(&(&b.file, &b.pointer, b.rule)));
    // The meta-schema points at the members, the walk at the one that is wrong.
    let exact: Vec<Error> = errors
        .iter()
        .filter(|error| error.rule == PROPERTY_PASCAL)
        .cloned()
        .collect();
    errors.retain(|error| {
        let below = format!("{}/", error.pointer);
        let said_exactly =
            |other: &Error| other.file == error.file && other.pointer.starts_with(&below);
        error.rule != PROPERTY_PASCAL || !exact.iter().any(said_exactly)
    });
    // Two ways to one fault say it once.
    errors.dedup_by(|a, b| (&a.file, &a.pointer, a.rule) == (&b.file, &b.pointer, b.rule));
    errors
}

fn read(tree: &Tree, errors: &mut Errors) -> Option<Schemas> {
    let json = errors.keep(tree.json(catalog::FILE))?;
    let catalog = errors.keep(Catalog::from_json(&json))?;
    let file = |name: String, errors: &mut Errors| {
        let json = errors.keep(tree.json(&name))?;
        Some(File { name, json })
    };
    let common = file(format!("schemas/{}", catalog.common), errors)?;
    let mut events = Vec::new();
    for entry in catalog.events {
        if let Some(file) = file(entry.file(), errors) {
            events.push((entry, file));
        }
    }
    Some(Schemas { common, events })
}

/// The envelope's attributes, by the only form that CloudEvents allows.
fn attributes(tree: &Tree, errors: &mut Errors) {
    for name in ["envelope", "ingenium-profile"] {
        let file = format!("schemas/cloudevents/{name}.schema.json");
        let Some(json) = errors.keep(tree.json(&file)) else {
            continue;
        };
        let properties = json.get("properties").and_then(Json::as_object);
        for (attribute, _) in properties.into_iter().flat_map(crate::json::Object::iter) {
            let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            if attribute != "data_base64" && !attribute.bytes().all(lower) {
                let message = format!("`{attribute}` is no attribute name: write it in lower case");
                let pointer = format!("/properties/{attribute}");
                errors.push(Error::new(ATTRIBUTE_LOWER, &file, &pointer, message));
            }
        }
    }
}
