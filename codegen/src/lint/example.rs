//! Examples are valid by the schema that they stand in.

use jsonschema::{Draft, Registry};
use serde_json::json;

use super::walk::places;
use super::{EXAMPLES_VALID, File, Schemas};
use crate::error::{Error, Errors};
use crate::json::Json;

pub(super) fn check(schemas: &Schemas, errors: &mut Errors) {
    let id = |file: &File| {
        file.json
            .get("$id")
            .and_then(Json::as_str)
            .map(str::to_owned)
    };
    let mut registry = Registry::new();
    for file in schemas.files() {
        let Some(id) = id(file) else {
            return; // said already: the meta-schema asks for it
        };
        let Ok(added) = registry.add(id, file.json.to_value()) else {
            return;
        };
        registry = added;
    }
    let Ok(registry) = registry.prepare() else {
        return; // said already: a reference leads nowhere
    };
    for file in schemas.files() {
        let Some(id) = id(file) else { return };
        for place in places(file) {
            let Some(Json::Array(examples)) = place.schema.get("examples") else {
                continue;
            };
            let reference = json!({ "$ref": format!("{id}#{}", place.pointer) });
            let validator = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&registry)
                .offline()
                .build(&reference);
            let Ok(validator) = validator else { continue };
            for (index, example) in examples.iter().enumerate() {
                if let Err(error) = validator.validate(&example.to_value()) {
                    let pointer = format!("{}/examples/{index}", place.pointer);
                    let message = format!("the example is wrong: {error}");
                    errors.push(Error::new(EXAMPLES_VALID, &file.name, &pointer, message));
                }
            }
        }
    }
}
