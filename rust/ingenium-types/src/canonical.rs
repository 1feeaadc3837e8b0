//! RFC 8785: one byte sequence for all spellings of the same JSON value.

/// The canonical form of a JSON text: members sorted by UTF-16 code units, no white space, shortest escapes.
///
/// # Errors
/// When `json` is not JSON.
pub fn canonical(json: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let value: serde_json::Value = serde_json::from_slice(json)?;
    serde_json_canonicalizer::to_vec(&value)
}
