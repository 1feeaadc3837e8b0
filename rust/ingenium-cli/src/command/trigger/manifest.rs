//! Files of objects: YAML documents or JSON.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::exit::{Code, Failure};

/// An object, and where it stands.
pub(super) struct Document {
    /// The file and the number of the document in it, from 1.
    pub(super) place: String,
    /// `Trigger` or `Broker`.
    pub(super) kind: &'static str,
    /// `metadata.name`.
    pub(super) name: String,
    pub(super) object: Value,
}

impl Document {
    /// The objects of a kind, as paths have it.
    pub(super) fn kinds(&self) -> &'static str {
        match self.kind {
            "Broker" => "brokers",
            _ => "triggers",
        }
    }
}

/// Reads the objects of a file, `-` being stdin. Documents without content are none.
pub(super) fn read(file: &Path) -> Result<Vec<Document>, Failure> {
    let is_stdin = file == Path::new("-");
    let shown = if is_stdin {
        "stdin".into()
    } else {
        file.to_string_lossy()
    };
    let text = if is_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let usage = |message: String| Failure::new(Code::Usage, message);
    let text = text.map_err(|error| usage(format!("{shown}: {error}")))?;
    // JSON is YAML.
    let objects: Vec<Value> =
        serde_saphyr::from_multiple(&text).map_err(|error| usage(format!("{shown}: {error}")))?;
    let documents = objects.into_iter().enumerate();
    let documents = documents.filter(|(_, object)| !object.is_null());
    documents
        .map(|(index, object)| {
            let place = format!("{shown}, document {}", index + 1);
            document(place, object).map_err(usage)
        })
        .collect()
}

/// Whether an object may have this name.
pub(super) fn is_name(name: &str) -> bool {
    let legal = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
    };
    !name.is_empty() && name.bytes().all(legal)
}

fn document(place: String, object: Value) -> Result<Document, String> {
    let kind = match object["kind"].as_str() {
        Some("Trigger") => "Trigger",
        Some("Broker") => "Broker",
        other => {
            let found = other.map_or_else(
                || "absent".to_owned(),
                |kind| format!("`{}`", kind.escape_debug()),
            );
            return Err(format!(
                "{place}: `kind` is {found}; this broker has `Trigger` and `Broker`"
            ));
        }
    };
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    if !is_name(name) {
        return Err(format!(
            "{place}: `metadata.name` is `{}`; give the {kind} a name of lower-case letters, digits, `-` and `.`",
            name.escape_debug()
        ));
    }
    Ok(Document {
        place,
        kind,
        name: name.to_owned(),
        object,
    })
}
