//! The schemas that the types have, where schemars cannot derive them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// A map of at most `MOST` entries.
pub(crate) fn map<K: JsonSchema, V: JsonSchema, const MOST: usize>(
    generator: &mut SchemaGenerator,
) -> Schema {
    let (names, values) = (
        generator.subschema_for::<K>(),
        generator.subschema_for::<V>(),
    );
    json_schema!({
        "type": "object",
        "propertyNames": names,
        "additionalProperties": values,
        "maxProperties": MOST,
    })
}

/// A list of at most `MOST` entries.
#[expect(dead_code, reason = "the contract of today has no list")]
pub(crate) fn list<T: JsonSchema, const MOST: usize>(generator: &mut SchemaGenerator) -> Schema {
    let items = generator.subschema_for::<T>();
    json_schema!({ "type": "array", "items": items, "maxItems": MOST })
}

/// A closed object whose member `content` has the shape that the member `tag` names; the others by name, with whether
/// they are required.
pub(crate) fn union(
    members: &[(&str, bool, Schema)],
    (tag, content): (&str, &str),
    variants: &[(&str, Schema)],
) -> Schema {
    let mut properties =
        Map::from_iter([(tag.to_owned(), json!({})), (content.to_owned(), json!({}))]);
    let mut required = vec![tag, content];
    for (name, is_required, schema) in members {
        properties.insert((*name).to_owned(), schema.clone().to_value());
        required.extend(is_required.then_some(*name));
    }
    let branches: Vec<Value> = variants
        .iter()
        .map(
            |(value, schema)| json!({ "properties": { tag: { "const": value }, content: schema } }),
        )
        .collect();
    json_schema!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "oneOf": branches,
    })
}
