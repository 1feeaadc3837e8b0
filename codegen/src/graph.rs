//! Who emits and who receives what, as a picture.

use crate::catalog::{Catalog, FILE};
use crate::error::Errors;
use crate::tree::Tree;

/// The picture as a Mermaid flowchart: roles are boxes, events are the arrows between them.
///
/// # Errors
/// When the catalog is missing or has faults.
pub fn mermaid(tree: &Tree) -> Result<String, Errors> {
    let catalog = Catalog::from_json(&tree.json(FILE)?)?;
    let mut picture = String::from("flowchart LR\n");
    for entry in &catalog.events {
        let label = entry.name().rsplit('.').next().unwrap_or_default();
        for role in &entry.consumed_by {
            picture += &format!("  {} -- {label} --> {role}\n", entry.emitted_by);
        }
    }
    Ok(picture)
}

/// The picture in the language of GraphViz.
///
/// # Errors
/// When the catalog is missing or has faults.
pub fn graphviz(tree: &Tree) -> Result<String, Errors> {
    let catalog = Catalog::from_json(&tree.json(FILE)?)?;
    let mut picture = String::from("digraph events {\n  rankdir=LR\n  node [shape=box]\n");
    for entry in &catalog.events {
        let label = entry.name().rsplit('.').next().unwrap_or_default();
        for role in &entry.consumed_by {
            picture += &format!(
                "  \"{}\" -> \"{role}\" [label=\"{label}\"]\n",
                entry.emitted_by
            );
        }
    }
    picture.push_str("}\n");
    Ok(picture)
}
