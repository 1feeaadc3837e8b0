//! What a `$ref` can point to.

use std::collections::BTreeMap;

use super::{Node, scalar};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::{Enumeration, Local, Scalar};

/// A `$defs` entry.
#[derive(Debug, Clone)]
pub(crate) enum Definition {
    /// A string with a grammar.
    Scalar,
    /// A set of strings.
    Enumeration(Enumeration),
    /// A nested object.
    Struct,
}

/// The definitions that a schema can refer to: `common.json#/$defs/…` and its own `#/$defs/…`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Definitions {
    common: BTreeMap<String, Definition>,
    local: BTreeMap<String, Definition>,
}

/// What `common.schema.json` holds.
pub(crate) struct Common {
    pub(crate) definitions: Definitions,
    pub(crate) scalars: Vec<Scalar>,
    pub(crate) enumerations: Vec<Enumeration>,
}

const COMMON: &str = "common.json#/$defs/";
const LOCAL: &str = "#/$defs/";

impl Definitions {
    /// Reads `common.schema.json`; its scalars and enumerations come back in schema order.
    pub(super) fn common(root: &Node<'_>) -> Result<Common, Errors> {
        let mut errors = Errors::default();
        let mut definitions = Self::default();
        let (mut scalars, mut enumerations) = (Vec::new(), Vec::new());
        for (name, node) in root.children("$defs") {
            let Some(definition) = errors.keep(definition(name, &node).map_err(Errors::from))
            else {
                continue;
            };
            match &definition {
                Definition::Scalar => {}
                Definition::Enumeration(enumeration) => enumerations.push(enumeration.clone()),
                Definition::Struct => {
                    errors.push(node.error(
                        rule::KEYWORD_ALLOWED,
                        "objects are defined where they are used",
                    ));
                }
            }
            definitions.common.insert(name.to_owned(), definition);
        }
        for (_, node) in root.children("$defs") {
            errors.keep(chained(root, &node).map_err(Errors::from));
        }
        if errors.iter().next().is_none() {
            let scalar = |(name, _): &(&str, _)| {
                matches!(definitions.common.get(*name), Some(Definition::Scalar))
            };
            for (name, node) in root.children("$defs").into_iter().filter(scalar) {
                let scalar = scalar::lower(root, name, &node).map_err(Errors::from);
                scalars.extend(errors.keep(scalar));
            }
        }
        errors.or(Common {
            definitions,
            scalars,
            enumerations,
        })
    }

    /// Adds an event's own `$defs`. An object may refer to those before it only, which rules cycles out.
    pub(super) fn with_locals(&self, root: &Node<'_>) -> Result<(Self, Vec<Local>), Errors> {
        let mut errors = Errors::default();
        let mut all = self.clone();
        let mut locals = Vec::new();
        for (name, node) in root.children("$defs") {
            if self.common.contains_key(name) {
                errors.push(node.error(
                    rule::KEYWORD_ALLOWED,
                    format!("`{name}` is a common definition"),
                ));
                continue;
            }
            let Some(definition) = errors.keep(definition(name, &node).map_err(Errors::from))
            else {
                continue;
            };
            match &definition {
                Definition::Scalar => {
                    errors.push(node.error(
                        rule::KEYWORD_ALLOWED,
                        "scalars are defined in the common file",
                    ));
                }
                Definition::Enumeration(enumeration) => {
                    locals.push(Local::Enumeration(enumeration.clone()));
                }
                Definition::Struct => {
                    if let Some(structure) = errors.keep(super::structure(&node, &all, name)) {
                        locals.push(Local::Struct(structure));
                    }
                }
            }
            all.local.insert(name.to_owned(), definition);
        }
        errors.or((all, locals))
    }

    /// The definition named `name`; names are unique over both files.
    pub(super) fn get(&self, name: &str) -> Option<&Definition> {
        self.common.get(name).or_else(|| self.local.get(name))
    }

    /// The name and the definition that `$ref` of `node` points to.
    pub(super) fn resolve(&self, node: &Node<'_>) -> Result<(String, &Definition), Error> {
        let reference = node.text("$ref")?;
        let (space, name) = if let Some(name) = reference.strip_prefix(COMMON) {
            (&self.common, name)
        } else if let Some(name) = reference.strip_prefix(LOCAL) {
            (&self.local, name)
        } else {
            let message = format!("`{reference}` is not a reference to a definition");
            return Err(node.error_at(rule::REF_RESOLVES, "$ref", message));
        };
        match space.get(name) {
            Some(definition) => Ok((name.to_owned(), definition)),
            None => {
                let message = format!("`{reference}` is not defined, or defined further down");
                Err(node.error_at(rule::REF_RESOLVES, "$ref", message))
            }
        }
    }
}

fn definition(name: &str, node: &Node<'_>) -> Result<Definition, Error> {
    if node.has("enum") {
        Ok(Definition::Enumeration(Enumeration {
            title: name.to_owned(),
            description: node.text("description")?.to_owned(),
            values: node.texts("enum").into_iter().map(str::to_owned).collect(),
            open: node.json().get("x-ingenium-extensible") == Some(&Json::Bool(true)),
        }))
    } else if node.has("properties") {
        Ok(Definition::Struct)
    } else {
        Ok(Definition::Scalar)
    }
}

/// Follows the references of a refinement to a scalar that stands on its own.
fn chained(root: &Node<'_>, start: &Node<'_>) -> Result<(), Error> {
    let mut seen = Vec::new();
    let mut node = start.clone();
    while node.has("$ref") {
        let reference = node.text("$ref")?;
        let name = reference.strip_prefix(LOCAL).unwrap_or(reference);
        if seen.contains(&name) {
            return Err(start.error_at(
                rule::REF_RESOLVES,
                "$ref",
                "the reference leads back to itself",
            ));
        }
        seen.push(name);
        node = root
            .child("$defs")
            .and_then(|definitions| definitions.child(name))
            .ok_or_else(|| {
                node.error_at(
                    rule::REF_RESOLVES,
                    "$ref",
                    format!("`{reference}` is not defined"),
                )
            })?;
    }
    if start.has("$ref") && !node.has("pattern") {
        return Err(start.error_at(rule::REF_RESOLVES, "$ref", "only scalars can be refined"));
    }
    Ok(())
}
