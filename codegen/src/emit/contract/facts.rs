//! What the judge holds against each other beyond the schema.

use serde::Serialize;

use super::{Contract, Object};

/// What the judge holds against each other beyond the schema, where the contract has it: the interval of a market fact,
/// and the prices of a bar.
#[derive(Debug, Default, Serialize)]
pub(in crate::emit) struct Facts {
    interval: bool,
    #[serde(rename = "type")]
    event_type: String,
    module: String,
    title: String,
    tag: String,
    content: String,
    /// The value of the tag for bars; empty where there are none.
    ohlc: String,
    /// The type of a bar.
    bar: String,
    /// The type of the content.
    union: String,
}

impl Contract {
    /// Whether the example of a component fits: bars in, signals out.
    pub(in crate::emit) fn has_strategy(&self) -> bool {
        let has = |event_type: &str| {
            self.events
                .iter()
                .any(|event| event.event_type == event_type)
        };
        has("ingenium.ingestor.data") && has("ingenium.strategy.signal")
    }

    /// Where the interval and the bar stand, if this contract has them.
    pub(in crate::emit) fn facts(&self) -> Facts {
        let has = |object: &Object, names: &[&str]| {
            let is = |name: &&str| object.fields.iter().any(|field| field.name == **name);
            names.iter().all(is)
        };
        let found = self.events.iter().find_map(|event| {
            let union = event.union.as_ref()?;
            has(&event.payload, &["Timestamp", "EndTimestamp"]).then_some((event, union))
        });
        let Some((event, union)) = found else {
            return Facts::default();
        };
        let bar = union
            .variants
            .iter()
            .find(|variant| has(&variant.content, &["Open", "High", "Low", "Close"]));
        Facts {
            interval: true,
            event_type: event.event_type.clone(),
            module: event.module.clone(),
            title: event.title.clone(),
            tag: union.tag.clone(),
            content: union.content.clone(),
            ohlc: bar.map(|bar| bar.value.clone()).unwrap_or_default(),
            bar: bar.map(|bar| bar.content.title.clone()).unwrap_or_default(),
            union: union.title.clone(),
        }
    }
}
