//! Configuration files: JSON with a schema, unknown keys are errors.

use std::path::Path;

use ingenium_types::scalar::PositiveDecimal;
use serde::de::DeserializeOwned;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration `{path}`: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not a configuration of this component.
    #[error("configuration `{path}`: {source}")]
    Invalid {
        /// The file.
        path: String,
        /// What does not fit, with line and column.
        source: serde_json::Error,
    },
    /// A value is out of range.
    #[error("configuration: `{key}` is `{value}`: {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What is expected.
        expected: &'static str,
    },
}

/// Reads the configuration in `path`; without a file all defaults hold.
///
/// # Errors
/// [`ConfigError`] naming the file and the place.
pub fn load<C: DeserializeOwned>(path: Option<&Path>) -> Result<C, ConfigError> {
    let shown = path.map_or_else(
        || "(defaults)".to_owned(),
        |path| path.display().to_string(),
    );
    let text = match path {
        Some(path) => std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: shown.clone(),
            source,
        })?,
        None => "{}".to_owned(),
    };
    serde_json::from_str(&text).map_err(|source| ConfigError::Invalid {
        path: shown,
        source,
    })
}

/// Refuses a lot that quantities cannot be counted in: with more decimals than 8, a sum of fills may have no form on
/// the wire.
///
/// # Errors
/// [`ConfigError::Value`].
pub fn check_lot(lot: PositiveDecimal) -> Result<(), ConfigError> {
    if lot.get().normalize().scale() <= 8 {
        return Ok(());
    }
    Err(ConfigError::Value {
        key: "lot",
        value: lot.to_string(),
        expected: "use at most 8 decimals",
    })
}
