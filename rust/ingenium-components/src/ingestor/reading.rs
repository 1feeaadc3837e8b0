//! How a file is to be read where it does not tell itself.

use std::collections::BTreeMap;
use std::str::FromStr;

use ingenium_types::scalar::BarPeriod;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adjust::Adjust;
use super::dates::DateFormat;

/// How files are to be read: what is absent is told by the file itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// Columns by name or by `#N`, counted from 1; those that are absent are found by their common names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<Field, String>,
    /// How dates are written; told by the rows if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<DateFormat>,
    /// How long a bar lasts, such as `1m` or `1d`; the most common step between rows if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub period: Option<BarPeriod>,
    /// Whether prices are scaled by the adjusted close.
    #[serde(skip_serializing_if = "Adjust::is_none")]
    pub adjust: Adjust,
}

impl Reading {
    /// Whether everything is told by the files.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a column holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The start of the bar: its date, or date and time.
    Date,
    /// The time of the day, where it stands apart from the date.
    Time,
    /// The first price.
    Open,
    /// The highest price.
    High,
    /// The lowest price.
    Low,
    /// The last price.
    Close,
    /// The last price, adjusted for what came later.
    AdjustedClose,
    /// What was traded.
    Volume,
    /// Whose bar it is.
    Symbol,
}

impl Field {
    /// All of them, each with its name in a configuration.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Date, "date"),
        (Self::Time, "time"),
        (Self::Open, "open"),
        (Self::High, "high"),
        (Self::Low, "low"),
        (Self::Close, "close"),
        (Self::AdjustedClose, "adjusted_close"),
        (Self::Volume, "volume"),
        (Self::Symbol, "symbol"),
    ];
}

/// There is no field of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", Field::ALL.map(|(_, name)| name).join(", "))]
pub struct NoField;

impl FromStr for Field {
    type Err = NoField;

    fn from_str(text: &str) -> Result<Self, NoField> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text);
        found.map(|(field, _)| *field).ok_or(NoField)
    }
}
