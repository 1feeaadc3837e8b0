//! `Deserialize` of events: what a component stored is read by the decoder that reads deliveries.

use serde::de::{Deserialize, Deserializer, Error};

use crate::read::{Decode, View};

/// Reads a value in the reader view, from any self-describing format.
pub(crate) fn deserialize<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    // A tree, not raw text: raw text is lost where serde buffers, as inside tagged enums.
    let tree = serde_json::Value::deserialize(deserializer)?;
    let bytes = serde_json::to_vec(&tree).map_err(D::Error::custom)?;
    T::from_slice(&bytes, View::Reader).map_err(D::Error::custom)
}
