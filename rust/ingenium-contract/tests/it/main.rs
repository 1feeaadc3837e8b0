//! The judge, tested with bytes.

mod envelope;
mod payload;
#[cfg(feature = "cloudevents-sdk")]
mod sdk;
