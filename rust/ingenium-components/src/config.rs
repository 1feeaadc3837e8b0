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

/// Where a configuration comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// Nowhere: all defaults hold.
    Defaults,
    /// A JSON file.
    File(&'a Path),
    /// A JSON value.
    Value(&'a serde_json::Value),
}

impl Source<'_> {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] naming the file and the place.
    pub fn load<C: DeserializeOwned>(self) -> Result<C, ConfigError> {
        let invalid = |path: String| move |source| ConfigError::Invalid { path, source };
        match self {
            Self::Defaults => serde_json::from_str("{}").map_err(invalid("(defaults)".to_owned())),
            Self::Value(value) => C::deserialize(value).map_err(invalid("(given)".to_owned())),
            Self::File(path) => {
                let shown = path.display().to_string();
                match std::fs::read_to_string(path) {
                    Ok(text) => serde_json::from_str(&text).map_err(invalid(shown)),
                    Err(source) => Err(ConfigError::Unreadable {
                        path: shown,
                        source,
                    }),
                }
            }
        }
    }
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
