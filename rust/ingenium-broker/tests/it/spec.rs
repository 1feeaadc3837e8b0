//! Triggers from the filters in their `spec`.

use ingenium_broker::Trigger;
use serde_json::{Value, json};

/// The Trigger, or why it is refused.
pub(crate) fn trigger(spec: &Value) -> Result<Trigger, String> {
    let mut object = json!({
        "apiVersion": "eventing.knative.dev/v1",
        "kind": "Trigger",
        "metadata": { "name": "t" },
        "spec": { "broker": "b", "subscriber": { "uri": "http://127.0.0.1:1/" } }
    });
    for (name, value) in spec.as_object().expect("an object") {
        object["spec"][name] = value.clone();
    }
    Trigger::from_json(object.to_string().as_bytes(), "ns").map_err(|error| error.to_string())
}

/// `filter.attributes`.
pub(crate) fn attributes(attributes: &Value) -> Value {
    json!({ "filter": { "attributes": attributes } })
}

/// One filter.
pub(crate) fn one(filter: &Value) -> Value {
    json!({ "filters": [filter] })
}

/// One expression.
pub(crate) fn sql(expression: &str) -> Value {
    one(&json!({ "cesql": expression }))
}
