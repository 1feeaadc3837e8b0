//! What people vouch for where no proof was found: `schemas/CHANGES.json`.

use serde::Deserialize;

use super::Direction;
use crate::error::{Error, Errors};
use crate::lint as rule;
use crate::tree::Tree;

const FILE: &str = "schemas/CHANGES.json";

/// A verdict that stays open, and why that is right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The event type, or `envelope`.
    pub event: String,
    /// `backward` or `forward`.
    pub direction: String,
    /// The version of the contract against which the verdict is open.
    pub against: String,
    /// Why it holds all the same.
    pub reason: String,
}

impl Waiver {
    /// Whether it is about this verdict.
    #[must_use]
    pub fn covers(&self, event: &str, direction: Direction, against: &str) -> bool {
        self.event == event && self.direction == direction.name() && self.against == against
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    waivers: Vec<Waiver>,
}

/// The waivers of a tree; without the file there are none.
///
/// # Errors
/// When the file does not have the shape `{"waivers": [{event, direction, against, reason}]}`, or a reason is empty.
pub fn waivers(tree: &Tree) -> Result<Vec<Waiver>, Errors> {
    if tree.get(FILE).is_none() {
        return Ok(Vec::new());
    }
    let json = tree.json(FILE)?.to_value();
    let file: File = serde_json::from_value(json)
        .map_err(|error| Error::new(rule::KEYWORD_ALLOWED, FILE, "", error.to_string()))?;
    for (index, waiver) in file.waivers.iter().enumerate() {
        if waiver.reason.trim().is_empty() {
            let at = format!("/waivers/{index}/reason");
            return Err(Error::new(rule::DESCRIPTION, FILE, &at, "say why it holds").into());
        }
    }
    Ok(file.waivers)
}
