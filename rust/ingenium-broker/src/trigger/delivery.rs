//! `delivery` of a Broker or a Trigger (Knative `DeliverySpec`).

use std::time::Duration;

use ingenium_runtime::backoff::Policy;

/// How to deliver, and when to give up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Attempts after the first.
    pub retry: u32,
    /// How the waits grow.
    pub policy: Policy,
    /// What they grow from.
    pub delay: Duration,
    /// How long one attempt may take; `None` leaves it to the broker.
    pub timeout: Option<Duration>,
    /// Where events go that nobody took.
    pub dead_letter_sink: Option<String>,
    /// The longest wait that a `Retry-After` may ask for; `None`: it asks in vain.
    pub retry_after_max: Option<Duration>,
    /// The content mode of deliveries; `None` is binary.
    pub format: Option<Format>,
}

/// The content mode of deliveries (`delivery.format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `json`: structured mode.
    Json,
    /// `binary`: binary mode.
    Binary,
}

/// What Knative's webhook writes into a Broker that says nothing: 10 retries, exponential from 0.2 s.
impl Default for Delivery {
    fn default() -> Self {
        Self {
            retry: 10,
            policy: Policy::Exponential,
            delay: Duration::from_millis(200),
            timeout: None,
            dead_letter_sink: None,
            retry_after_max: None,
            format: None,
        }
    }
}
