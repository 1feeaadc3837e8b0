//! The edits.

use super::Edit;
use serde_json::json;

#[path = "table/around.rs"]
mod around;
#[path = "table/branch.rs"]
mod branch;
#[path = "table/member.rs"]
mod member;
#[path = "table/scalar.rs"]
mod scalar;

const ORDER: &str = "events/portfolio.order.schema.json";
const CANCEL: &str = "events/portfolio.cancel.schema.json";
const DATA: &str = "events/ingestor.data.schema.json";
const SIGNAL: &str = "events/strategy.signal.schema.json";
const EXECUTION: &str = "events/executor.execution.schema.json";
const COMMON: &str = "common.schema.json";
const CATALOG: &str = "catalog.json";
const PROFILE: &str = "cloudevents/ingenium-profile.schema.json";

/// A member that refers to a scalar.
fn reference(scalar: &str, example: &str) -> serde_json::Value {
    json!({
        "$ref": format!("common.json#/$defs/{scalar}"),
        "description": "A member for the test.",
        "examples": [example],
    })
}

fn boolean() -> serde_json::Value {
    json!({ "type": "boolean", "description": "A truth value for the test.", "examples": [true] })
}

fn list(most: u32) -> serde_json::Value {
    json!({
        "type": "array",
        "description": "Parts of the order.",
        "items": { "$ref": "common.json#/$defs/Name" },
        "maxItems": most,
        "examples": [["a"]],
    })
}

pub(super) fn edits() -> Vec<Edit> {
    let mut edits = member::members();
    edits.extend(scalar::scalars());
    edits.extend(scalar::enumerations());
    edits.extend(member::collections());
    edits.extend(branch::tables());
    edits.extend(branch::unions());
    edits.extend(around::catalog());
    edits.extend(around::attributes());
    edits
}
