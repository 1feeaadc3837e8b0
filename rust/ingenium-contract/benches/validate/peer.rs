//! The peers: the `jsonschema` crate, interpreting and compiled, from bytes as everyone uses it.

use ingenium_types::EventType;
use serde_json::Value;

use crate::corpus::repository;

macro_rules! compiled {
    ($($name:ident: $path:literal),+) => {$(
        #[jsonschema::validator(path = $path, draft = Draft202012, pattern_options = { engine = regex })]
        pub(crate) struct $name;
    )+};
}
compiled!(
    Data: "../../schemas/dist/strict/ingestor.data.json",
    Signal: "../../schemas/dist/strict/strategy.signal.json",
    Order: "../../schemas/dist/strict/portfolio.order.json",
    Cancel: "../../schemas/dist/strict/portfolio.cancel.json",
    Execution: "../../schemas/dist/strict/executor.execution.json"
);

#[jsonschema::validator(
    path = "../../schemas/cloudevents/ingenium-profile.schema.json",
    draft = Draft202012,
    pattern_options = { engine = regex },
    resources = {
        "https://schemas.ingenium.example/1/cloudevents/envelope.json" => {
            path = "../../schemas/cloudevents/envelope.schema.json"
        }
    }
)]
pub(crate) struct Envelope;

/// The compiled validator's verdict on a payload.
pub(crate) fn is_valid(event_type: EventType, value: &Value) -> bool {
    match event_type {
        EventType::IngestorData => Data::is_valid(value),
        EventType::StrategySignal => Signal::is_valid(value),
        EventType::PortfolioOrder => Order::is_valid(value),
        EventType::PortfolioCancel => Cancel::is_valid(value),
        EventType::ExecutorExecution => Execution::is_valid(value),
    }
}

/// The compiled validators' verdict on a whole event, from its bytes.
pub(crate) fn is_valid_event(bytes: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return false;
    };
    let event_type = value["type"].as_str().and_then(|name| name.parse().ok());
    event_type.is_some_and(|event_type| {
        Envelope::is_valid(&value) && is_valid(event_type, &value["data"])
    })
}

/// The interpreting validator of a payload.
pub(crate) fn interpreter(event_type: EventType) -> jsonschema::Validator {
    let name = event_type.as_str().trim_start_matches("ingenium.");
    let file = repository().join(format!("schemas/dist/strict/{name}.json"));
    let schema = std::fs::read(file).expect("a bundle");
    let schema: Value = serde_json::from_slice(&schema).expect("a bundle is JSON");
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .expect("a bundle is a schema")
}
