//! The protocol of codec programs is published as a schema, and spoken as it says.

use ingenium_proof::protocol::{Answer, Command, ModeName, Said, ViewName};
use ingenium_proof::repository;
use schemars::JsonSchema;
use serde_json::{Value, json};

/// A line in either direction.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is asked for")]
struct Protocol {
    /// On the program's standard input.
    command: Command,
    /// On the program's standard output.
    answer: Answer,
}

fn schema() -> Value {
    let mut schema = schemars::schema_for!(Protocol).to_value();
    schema["title"] = json!("The protocol of codec programs");
    schema
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = repository().join("docs/reference/codec-protocol.schema.json");
    let text = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("INGENIUM_BLESS").is_some() {
        std::fs::write(&path, &text).expect("a file");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "run `INGENIUM_BLESS=1 cargo test -p ingenium-proof protocol`"
    );
}

#[test]
fn what_is_said_is_what_the_schema_says() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let view = ViewName::Strict;
    let said = Said {
        event_type: "a".to_owned(),
        subject: None,
        time: Some("b".to_owned()),
        data: None,
    };
    for command in [
        Command::Start,
        Command::Decode {
            event_type: "a".to_owned(),
            view,
            data: String::new(),
        },
        Command::Receive {
            view,
            headers: vec![["a".to_owned(), "b".to_owned()]],
            body: String::new(),
        },
        Command::Encode {
            mode: ModeName::Binary,
            event: "{}".to_owned(),
        },
        Command::Identify {
            fields: vec![None, Some("a".to_owned())],
        },
        Command::Fingerprint { events: vec![said] },
        Command::Stop,
    ] {
        let line = json!({ "command": command, "answer": Answer::refused("ING-P-TYPE", "/a") });
        assert!(validator.is_valid(&line), "{line}");
    }
    assert!(!validator.is_valid(&json!({ "command": { "command": "dance" }, "answer": {} })));
}
