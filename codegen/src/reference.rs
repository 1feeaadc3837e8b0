//! The reference that people read: what the schemas say, in words and tables.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::Catalog;
use crate::error::Errors;
use crate::graph::mermaid;
use crate::tree::Tree;

mod page;
mod read;

pub use page::{html, markdown, text};

/// Everything that the reference says.
#[derive(Debug, Clone, Serialize)]
pub struct Reference {
    /// The version of the contract.
    pub version: String,
    /// Who emits and who receives what, as a Mermaid flowchart.
    pub picture: String,
    /// The event types, in catalog order.
    pub events: Vec<Event>,
    /// Scalars and enumerations that they share.
    pub definitions: Vec<Definition>,
}

/// One event type.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its short name, such as `portfolio.order`.
    pub name: String,
    /// The name of the type in programs.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The role that emits it.
    pub emitted_by: String,
    /// The roles that receive it.
    pub consumed_by: Vec<String>,
    /// The member that the CloudEvents `subject` repeats.
    pub subject: String,
    /// Where the `partitionkey` comes from.
    pub partition_key: String,
    /// The id of its schema.
    pub schema_id: String,
    /// `draft`, `stable` or `deprecated`.
    pub stability: String,
    /// The members of the payload.
    pub members: Vec<Member>,
    /// The tag, and what each of its values requires and forbids.
    pub rows: Vec<Row>,
    /// The shapes that the tag chooses between.
    pub variants: Vec<Variant>,
    /// An example payload, indented.
    pub example: String,
}

/// A member.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub kind: String,
    /// The definition behind that, if it has a name.
    pub definition: Option<String>,
    /// What it means, with its unit.
    pub description: String,
    /// The FIX tags that say the same.
    pub fix: String,
    /// An example.
    pub example: String,
    /// What replaces it, if it is deprecated.
    pub replaced_by: Option<String>,
}

/// A row of a tag table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The values of the tag.
    pub tag: String,
    /// Members that must be there.
    pub required: Vec<String>,
    /// Members that must not.
    pub forbidden: Vec<String>,
}

/// A variant of a tagged union.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// The value of the tag.
    pub tag: String,
    /// The member that has this shape.
    pub member: String,
    /// The name of the type in programs.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Its members.
    pub members: Vec<Member>,
}

/// A scalar or an enumeration.
#[derive(Debug, Clone, Serialize)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What a text must be like; empty for an enumeration.
    pub forms: Vec<Form>,
    /// The values of an enumeration.
    pub values: Vec<String>,
    /// Whether consumers accept further values.
    pub extensible: bool,
    /// Examples.
    pub examples: Vec<String>,
    /// Event types that use it.
    pub used_by: Vec<String>,
}

/// One thing that a scalar says.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// The verb: `matches`.
    pub says: &'static str,
    /// The pattern, scalar or number.
    pub what: String,
}

impl Reference {
    /// The reference of a tree whose schemas are in order.
    ///
    /// # Errors
    /// When a file is missing or not JSON.
    pub fn of(tree: &Tree) -> Result<Self, Errors> {
        let catalog = Catalog::from_json(&tree.json(crate::catalog::FILE)?)?;
        let common = tree.json(&format!("schemas/{}", catalog.common))?;
        let mut definitions = read::definitions(&common);
        let mut events = Vec::new();
        for entry in &catalog.events {
            let schema = tree.json(&entry.file())?;
            definitions.extend(read::definitions(&schema));
            events.push(read::event(&catalog, entry, &schema));
        }
        let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in &events {
            let variants = event.variants.iter().flat_map(|variant| &variant.members);
            for name in event
                .members
                .iter()
                .chain(variants)
                .filter_map(|m| m.definition.as_ref())
            {
                let users = users.entry(name.clone()).or_default();
                if !users.contains(&event.name) {
                    users.push(event.name.clone());
                }
            }
        }
        for definition in &mut definitions {
            definition.used_by = users.remove(&definition.name).unwrap_or_default();
        }
        Ok(Self {
            version: catalog.contract_version,
            picture: mermaid(tree)?,
            events,
            definitions,
        })
    }

    /// An event type by its CloudEvents `type` or its short name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.events
            .iter()
            .find(|event| event.event_type == name || event.name == name)
    }
}
