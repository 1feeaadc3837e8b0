//! The catalog: which event types exist, where their schemas stand and who speaks them.

use serde::Deserialize;

use crate::error::Error;
use crate::json::Json;
use crate::lint as rule;

/// Where the catalog stands, relative to the repository.
pub(crate) const FILE: &str = "schemas/catalog.json";

/// `schemas/catalog.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Catalog {
    /// Semantic version of the whole contract.
    pub contract_version: String,
    /// Prefix of every schema id.
    pub base_uri: String,
    /// The file of shared definitions, relative to `schemas/`.
    pub common: String,
    /// The event types, in the order in which references list them.
    pub events: Vec<Entry>,
}

/// One event type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its payload's schema, relative to `schemas/`.
    pub schema: String,
    /// The role that emits it.
    pub emitted_by: String,
    /// The roles that receive it.
    pub consumed_by: Vec<String>,
    /// The payload member that the CloudEvents `subject` repeats.
    pub subject: Subject,
    /// Where the CloudEvents `partitionkey` comes from.
    pub partition_key: PartitionKey,
    /// `draft`, `stable` or `deprecated`.
    pub stability: String,
    /// Against which releases a change is checked.
    pub compatibility: String,
}

impl Entry {
    /// The event's name: the stem of its schema file, such as `portfolio.order`.
    #[must_use]
    pub fn name(&self) -> &str {
        let file = self.schema.rsplit('/').next().unwrap_or(&self.schema);
        file.strip_suffix(".schema.json").unwrap_or(file)
    }

    /// The schema file, relative to the repository.
    #[must_use]
    pub fn file(&self) -> String {
        format!("schemas/{}", self.schema)
    }
}

/// The subject rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The payload member.
    pub property: String,
}

/// The partition key rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PartitionKey {
    /// A payload member's value.
    Property {
        /// The payload member.
        property: String,
        /// What its absence stands for.
        default: Option<String>,
    },
    /// The key of the event that this one answers.
    Copied {
        /// That event's type.
        #[serde(rename = "copiedFrom")]
        copied_from: String,
    },
}

impl Catalog {
    pub(crate) fn from_json(json: &Json) -> Result<Self, Error> {
        let catalog: Self = serde_json::from_value(json.to_value())
            .map_err(|error| Error::new(rule::CATALOG, FILE, "", error.to_string()))?;
        for (index, entry) in catalog.events.iter().enumerate() {
            let twin = catalog.events[..index]
                .iter()
                .any(|other| other.event_type == entry.event_type || other.schema == entry.schema);
            if twin {
                let message = format!("`{}` or its schema stands twice", entry.event_type);
                return Err(Error::new(
                    rule::CATALOG,
                    FILE,
                    &format!("/events/{index}"),
                    message,
                ));
            }
        }
        Ok(catalog)
    }

    /// The `$id` that the schema named `name` must have while the contract is a draft.
    #[must_use]
    pub fn schema_id(&self, name: &str) -> String {
        let major = self.contract_version.split('.').next().unwrap_or("0");
        format!("{}/{major}/{name}.json", self.base_uri)
    }
}
