//! `ingenium-component.json`: what a component says about itself, so that one word is enough to judge it.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::Profile;
use crate::role::Role;

/// The file's usual name.
pub const FILE: &str = "ingenium-component.json";

/// What a component may claim.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Feature {
    /// Its state outlives its process.
    Durable,
    /// A portfolio that may sell what it does not have.
    Margin,
}

impl Feature {
    /// The claim that it is.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Margin => "margin",
        }
    }
}

/// Against which clock times are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Event time: recorded or simulated data, marked by `ingeniumrun`.
    #[default]
    Simulated,
    /// The wall clock: live data, orders to a venue.
    Live,
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Milliseconds until it accepts connections; 10,000 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_ms: Option<u64>,
    /// Milliseconds until an answer is there; 30,000 unless said otherwise, as long as a broker waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_ms: Option<u64>,
    /// Milliseconds from an acknowledged event to its effect; 5,000 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect_ms: Option<u64>,
}

/// A component's own description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What it is.
    pub role: Role,
    /// The command that starts it; `{port}`, `{sink}`, `{fixture}`, `{otlp}` and `{state}` are replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The highest profile that it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Features that it claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// Against which clock its times are judged.
    #[serde(default)]
    pub mode: Mode,
    /// A portfolio's cash at the start, as a decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash: Option<String>,
    /// How long things may take.
    #[serde(default)]
    pub limits: Limits,
}

impl Manifest {
    /// A description that only names role and command.
    #[must_use]
    pub fn new(role: Role, command: Vec<String>) -> Self {
        Self {
            role,
            command,
            profile: None,
            features: Vec::new(),
            mode: Mode::Simulated,
            cash: None,
            limits: Limits::default(),
        }
    }

    /// Reads a description.
    ///
    /// # Errors
    /// The file and what is wrong with it, in words.
    pub fn read(file: &Path) -> Result<Self, String> {
        let bad = |problem: String| format!("{}: {problem}", file.display());
        let text = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))
    }

    /// The file's JSON Schema.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}
