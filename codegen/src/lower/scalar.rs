//! A scalar: its own patterns, and those of the scalars that it refines.

use super::Node;
use crate::error::Error;
use crate::json::Json;
use crate::model::{Meaning, Scalar};

/// The scalars that stand for more than their text. What refines them stands for the same.
const MEANINGS: [(&str, Meaning); 6] = [
    ("Decimal", Meaning::Decimal),
    ("NonNegativeDecimal", Meaning::Decimal),
    ("Ratio", Meaning::Decimal),
    ("SignedRatio", Meaning::Decimal),
    ("Count", Meaning::Count),
    ("UtcTimestamp", Meaning::Instant),
];

/// Lowers the definition `name`. That its references lead to a scalar has been seen before.
pub(super) fn lower(root: &Node<'_>, name: &str, node: &Node<'_>) -> Result<Scalar, Error> {
    let mut scalar = Scalar {
        title: name.to_owned(),
        description: node.text("description")?.to_owned(),
        patterns: Vec::new(),
        exclusions: Vec::new(),
        most: None,
        meaning: Meaning::Text,
        examples: node
            .texts("examples")
            .into_iter()
            .map(str::to_owned)
            .collect(),
    };
    let (mut name, mut node) = (name, node.clone());
    loop {
        if node.has("pattern") {
            scalar.patterns.insert(0, node.text("pattern")?.to_owned());
        }
        if let Some(not) = node.child("not") {
            scalar.exclusions.push(not.text("pattern")?.to_owned());
        }
        if let Some(Json::Number(most)) = node.json().get("maxLength") {
            let most = most.as_u64().and_then(|most| usize::try_from(most).ok());
            scalar.most = scalar.most.min(most).or(most);
        }
        if !node.has("$ref") {
            break;
        }
        let reference = node.text("$ref")?;
        name = reference.rsplit('/').next().unwrap_or_default();
        let definitions = root.child("$defs");
        let Some(next) = definitions.and_then(|definitions| definitions.child(name)) else {
            break;
        };
        node = next;
    }
    let known = MEANINGS.iter().find(|(known, _)| *known == name);
    scalar.meaning = known.map_or(Meaning::Text, |(_, meaning)| *meaning);
    Ok(scalar)
}
