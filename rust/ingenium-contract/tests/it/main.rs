//! The judge, tested with bytes.

mod envelope;
mod hostile;
mod payload;
#[cfg(feature = "cloudevents-sdk")]
mod sdk;
