//! Examples in schemas are valid by the schema that they illustrate.

use serde_json::Value;

use crate::tree::repository;

/// Collects each schema that has examples, with its pointer.
fn collect(schema: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(examples)) = members.get("examples") {
                found.extend(
                    examples
                        .iter()
                        .map(|example| (pointer.to_owned(), example.clone())),
                );
            }
            for (name, member) in members {
                if !matches!(name.as_str(), "examples" | "enum" | "const") {
                    collect(member, &format!("{pointer}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn examples_are_valid() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository().join("schemas/dist/strict")).unwrap() {
        let path = entry.unwrap().path();
        let bundle: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut found = Vec::new();
        collect(&bundle, "", &mut found);
        for (pointer, example) in found {
            // The place as a schema of its own, beside the definitions that it refers to.
            let mut schema = bundle.pointer(&pointer).unwrap().clone();
            schema["$defs"] = bundle["$defs"].clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            assert!(
                validator.is_valid(&example),
                "{}#{pointer}: {example}",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count > 150, "only {count} examples were found");
}
