//! The independent judges: the `jsonschema` crate, interpreting the bundles and compiled from them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ingenium_types::{EventType, View};
use serde_json::Value;

/// A module of compiled validators, one an event type.
macro_rules! compiled {
    ($view:ident, $($name:ident: $path:literal),+) => {
        mod $view {
            $(
                #[jsonschema::validator(
                    path = $path,
                    draft = Draft202012,
                    pattern_options = { engine = regex }
                )]
                pub(super) struct $name;
            )+

            pub(super) fn is_valid(event_type: super::EventType, value: &super::Value) -> bool {
                match event_type {
                    $(super::EventType::$name => $name::is_valid(value),)+
                }
            }
        }
    };
}
compiled!(
    strict,
    IngestorData: "../../../schemas/dist/strict/ingestor.data.json",
    StrategySignal: "../../../schemas/dist/strict/strategy.signal.json",
    PortfolioOrder: "../../../schemas/dist/strict/portfolio.order.json",
    PortfolioCancel: "../../../schemas/dist/strict/portfolio.cancel.json",
    ExecutorExecution: "../../../schemas/dist/strict/executor.execution.json"
);
compiled!(
    reader,
    IngestorData: "../../../schemas/dist/reader/ingestor.data.json",
    StrategySignal: "../../../schemas/dist/reader/strategy.signal.json",
    PortfolioOrder: "../../../schemas/dist/reader/portfolio.order.json",
    PortfolioCancel: "../../../schemas/dist/reader/portfolio.cancel.json",
    ExecutorExecution: "../../../schemas/dist/reader/executor.execution.json"
);

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// What the compiled validator says.
pub(crate) fn compiled(event_type: EventType, view: View, value: &Value) -> bool {
    match view {
        View::Strict => strict::is_valid(event_type, value),
        View::Reader => reader::is_valid(event_type, value),
    }
}

/// What the interpreting validator says.
///
/// # Panics
/// When the repository has lost its bundles.
#[must_use]
pub fn interpreted(event_type: EventType, view: View, value: &Value) -> bool {
    static VALIDATORS: OnceLock<Vec<[jsonschema::Validator; 2]>> = OnceLock::new();
    let validators = VALIDATORS.get_or_init(|| {
        let both = |event_type| ["strict", "reader"].map(|view| interpreter(event_type, view));
        EventType::ALL.iter().copied().map(both).collect()
    });
    let at = EventType::ALL.iter().position(|other| *other == event_type);
    let pair = at
        .and_then(|at| validators.get(at))
        .expect("every type has its validators");
    pair[usize::from(view == View::Reader)].is_valid(value)
}

fn interpreter(event_type: EventType, view: &str) -> jsonschema::Validator {
    let name = event_type.as_str().trim_start_matches("ingenium.");
    let file = repository().join(format!("schemas/dist/{view}/{name}.json"));
    let text = std::fs::read(file).expect("the repository has its bundles");
    let schema: Value = serde_json::from_slice(&text).expect("a bundle is JSON");
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .expect("a bundle is a schema")
}
