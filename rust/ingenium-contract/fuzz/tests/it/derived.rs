//! The way back: the schema that schemars derives from the generated Rust types, against the strict view.
//!
//! A type cannot say which members a tag requires and forbids. So the derived schema accepts more than the strict view,
//! and what it accepts more is exactly what the tag table refuses.

use std::path::Path;

use ingenium_codegen::compat::{Verdict, covers};
use ingenium_types::event::{CancelEvent, DataEvent, ExecutionEvent, OrderEvent, SignalEvent};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

fn read(path: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let bytes = std::fs::read(root.join(path)).expect("a schema");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The derived schema as a bundle: references to scalars lead to the contract's definitions.
fn derived<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    let scalars = read("schemas/common.schema.json");
    let scalars = scalars["$defs"].as_object().expect("definitions");
    if schema.get("$defs").is_none() {
        schema["$defs"] = json!({});
    }
    for (name, definition) in scalars {
        if definition.get("enum").is_none() {
            schema["$defs"][name] = definition.clone();
        }
    }
    let text = schema.to_string().replace("common.json#/", "#/");
    serde_json::from_str(&text).expect("JSON")
}

/// How the derived schema of an event compares with its strict view.
fn check<T: JsonSchema>(name: &str) {
    let derived = derived::<T>();
    let strict = read(&format!("schemas/dist/strict/{name}.json"));
    assert_eq!(
        covers(&derived, &strict),
        Verdict::Compatible,
        "{name}: the type holds every valid payload"
    );
    let Some(table) = strict
        .get("oneOf")
        .filter(|_| derived.get("oneOf").is_none())
    else {
        assert_eq!(
            covers(&strict, &derived),
            Verdict::Compatible,
            "{name}: and no other"
        );
        return;
    };
    let beyond = covers(&strict, &derived);
    assert!(
        matches!(beyond, Verdict::Breaking(_)),
        "{name}: a table says more: {beyond:?}"
    );
    let mut narrowed = derived;
    narrowed["oneOf"] = table.clone();
    assert_eq!(
        covers(&strict, &narrowed),
        Verdict::Compatible,
        "{name}: nothing but the table is missing"
    );
}

#[test]
fn types_say_what_the_schemas_say() {
    check::<DataEvent>("ingestor.data");
    check::<SignalEvent>("strategy.signal");
    check::<OrderEvent>("portfolio.order");
    check::<CancelEvent>("portfolio.cancel");
    check::<ExecutionEvent>("executor.execution");
}

/// A type that lost a limit, a member or a value is noticed.
#[test]
fn a_type_that_differs_is_noticed() {
    let strict = read("schemas/dist/strict/strategy.signal.json");
    let derived = derived::<SignalEvent>();
    for (pointer, value) in [
        (
            "/properties/Strategy",
            json!({ "type": ["string", "null"] }),
        ),
        ("/properties/Signal", json!({ "enum": ["LONG"] })),
        ("/required", json!(["Symbol"])),
        ("/additionalProperties", json!(true)),
    ] {
        let mut other = derived.clone();
        *other
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer} in {derived:#}")) = value;
        let same = covers(&other, &strict) == Verdict::Compatible
            && covers(&strict, &other) == Verdict::Compatible;
        assert!(!same, "{pointer}");
    }
}
