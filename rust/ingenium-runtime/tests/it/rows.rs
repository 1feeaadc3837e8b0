//! The requests of `data/hostile-http.json`. The broker's tests read them with this file, too.

use serde_json::Value;

const FILE: &str = include_str!("data/hostile-http.json");

/// A request that means harm, or looks as if it did.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// What is answered.
    pub(crate) status: u16,
}

/// Each is refused by the server itself and closes its connection; nothing reaches the handler. `by` is the member of a
/// row that has the answer: `status` or `broker`.
pub(crate) fn refused(by: &str) -> Vec<Row> {
    rows("refused", by)
}

/// Each reaches the handler and is answered on a connection that stays open.
pub(crate) fn answered(by: &str) -> Vec<Row> {
    rows("answered", by)
}

fn rows(list: &str, by: &str) -> Vec<Row> {
    let file: Value = serde_json::from_str(FILE).expect("JSON");
    let rows = file[list].as_array().expect("a list of rows");
    assert!(!rows.is_empty(), "no rows in `{list}`");
    rows.iter().map(|one| row(one, by)).collect()
}

/// `status` is that of a server that takes every POST; `broker` stands beside it where a broker says something else.
fn row(row: &Value, by: &str) -> Row {
    let text = |name: &str| row[name].as_str().expect("a text");
    let status = row.get(by).unwrap_or(&row["status"]).as_u64();
    let status = status.and_then(|status| status.try_into().ok());
    Row {
        name: format!("{} {}", text("id"), text("what")),
        bytes: row["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .flat_map(bytes)
            .collect(),
        status: status.expect("a status"),
    }
}

/// A text, a text many times, or bytes in hexadecimal digits.
fn bytes(part: &Value) -> Vec<u8> {
    if let Some(text) = part.as_str() {
        return text.as_bytes().to_vec();
    }
    if let (Some(text), Some(times)) = (part["repeat"].as_str(), part["times"].as_u64()) {
        return text.repeat(times.try_into().expect("a size")).into_bytes();
    }
    let digits = part["hex"].as_str().expect("a text, `repeat` or `hex`");
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal"))
        .collect()
}
