//! Knative objects are YAML that says what the catalog says.

use ingenium_codegen::{Tree, event_types, graphviz, mermaid};
use ingenium_proof::repository;
use ingenium_proof::workshop::{run, tools};
use serde_json::Value;

fn tree() -> Tree {
    Tree::open(&repository().join("schemas")).expect("the schemas are there")
}

/// The documents, read by another program's parser.
fn documents(yaml: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("objects.yaml"), yaml).expect("a file");
    let python = tools().join("python/bin/python").display().to_string();
    let script =
        "import json, yaml; print(json.dumps(list(yaml.safe_load_all(open('objects.yaml')))))";
    let command = [python, "-c".to_owned(), script.to_owned()];
    let said = run(&command, folder.path(), &[]).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn there_is_an_object_for_each_event_type() {
    let tree = tree();
    let objects = documents(&event_types(&tree, "my \"broker\"").expect("no faults"));
    let types: Vec<&str> = objects
        .iter()
        .map(|object| {
            assert_eq!(object["apiVersion"], "eventing.knative.dev/v1beta3");
            assert_eq!(object["kind"], "EventType");
            assert_eq!(object["spec"]["reference"]["name"], "my \"broker\"");
            let attributes = object["spec"]["attributes"].as_array().expect("attributes");
            let value = |name: &str| {
                let found = attributes
                    .iter()
                    .find(|attribute| attribute["name"] == name);
                found
                    .and_then(|attribute| attribute["value"].as_str())
                    .unwrap_or_default()
            };
            for required in ["specversion", "id", "source", "type"] {
                assert_ne!(value(required), "", "{required} must be listed");
            }
            let name = object["metadata"]["name"].as_str().expect("a name");
            let legal =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
            assert!(name.chars().all(legal), "`{name}` is no name of an object");
            value("type")
        })
        .collect();
    let expected: Vec<&str> = ingenium_types::EventType::ALL
        .iter()
        .map(|event_type| event_type.as_str())
        .collect();
    assert_eq!(types, expected);
}

#[test]
fn pictures_have_an_arrow_for_each_receiver() {
    let tree = tree();
    let (flowchart, graph) = (
        mermaid(&tree).expect("no faults"),
        graphviz(&tree).expect("no faults"),
    );
    for (from, event, to) in [
        ("ingestor", "data", "strategy"),
        ("strategy", "signal", "portfolio"),
        ("portfolio", "order", "executor"),
        ("executor", "execution", "portfolio"),
    ] {
        assert!(
            flowchart.contains(&format!("  {from} -- {event} --> {to}\n")),
            "{flowchart}"
        );
        assert!(
            graph.contains(&format!("  \"{from}\" -> \"{to}\" [label=\"{event}\"]\n")),
            "{graph}"
        );
    }
    assert_eq!(flowchart.lines().count(), 8);
}
