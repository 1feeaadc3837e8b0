//! The judge, tested with bytes.

mod batch;
mod envelope;
mod hostile;
mod hostile_json;
mod payload;
#[cfg(feature = "cloudevents-sdk")]
mod sdk;
mod typed;
