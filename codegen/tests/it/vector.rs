//! The bundles judge every vector as it says, by an independent validator: verdict, and the keyword that refuses.

use jsonschema::error::ValidationErrorKind::OneOfNotValid;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::tree::repository;

fn read(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn validator(view: &str, event: &str) -> Validator {
    let path = repository().join(format!("schemas/dist/{view}/{event}.json"));
    let schema = read(&path);
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .unwrap()
}

/// Whether `keyword` is one of the reasons, inside branches, too.
fn names(error: &ValidationError<'_>, keyword: &str) -> bool {
    let inside = match error.kind() {
        OneOfNotValid { context } => context.iter().flatten().any(|error| names(error, keyword)),
        _ => false,
    };
    error.kind().keyword() == keyword || inside
}

#[test]
fn bundles_judge_as_the_vectors_say() {
    let mut wrong = Vec::new();
    for event in std::fs::read_dir(repository().join("schemas/vectors")).unwrap() {
        let event = event.unwrap().file_name().into_string().unwrap();
        if event == "http" {
            continue;
        }
        for view in ["strict", "reader"] {
            let validator = validator(view, &event);
            for kind in ["valid", "invalid"] {
                let folder = repository().join("schemas/vectors").join(&event).join(kind);
                for file in std::fs::read_dir(folder).unwrap() {
                    let vector = read(&file.unwrap().path());
                    let listed = vector["views"].as_array().unwrap().contains(&view.into());
                    let valid = kind == "valid" || (!listed && view == "reader");
                    let found = validator.is_valid(&vector["data"]);
                    if found != valid {
                        wrong.push(format!("{} ({view}): valid is {found}", vector["id"]));
                    } else if !found && listed {
                        let keyword = vector["reject"]["keyword"].as_str().unwrap();
                        let named = validator
                            .iter_errors(&vector["data"])
                            .any(|error| names(&error, keyword));
                        if !named {
                            wrong.push(format!("{} ({view}): no {keyword}", vector["id"]));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
