//! `delivery` and destinations as JSON has them.

use ingenium_runtime::backoff::Policy;
use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, Format};
use super::duration;
use super::object::{Invalid, invalid};

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Destination {
    pub(super) uri: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeliverySpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backoff_policy: Option<BackoffPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backoff_delay: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dead_letter_sink: Option<Destination>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_max: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<DeliveryFormat>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum DeliveryFormat {
    Json,
    Binary,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum BackoffPolicy {
    Linear,
    Exponential,
}

impl DeliverySpec {
    pub(super) fn read(self) -> Result<Delivery, Invalid> {
        let time = |field: &str, text: Option<String>| match text.as_deref().map(duration::parse) {
            None => Ok(None),
            Some(Some(duration)) => Ok(Some(duration)),
            Some(None) => Err(invalid(
                format!("spec.delivery.{field}"),
                "the value is no ISO 8601 duration",
                "set one such as `PT0.2S`",
            )),
        };
        let default = Delivery::default();
        Ok(Delivery {
            // A delivery that is given replaces the default whole, as Knative's does: no `retry` means none.
            retry: self.retry.unwrap_or(0),
            policy: match self.backoff_policy {
                Some(BackoffPolicy::Linear) => Policy::Linear,
                Some(BackoffPolicy::Exponential) | None => Policy::Exponential,
            },
            delay: time("backoffDelay", self.backoff_delay)?.unwrap_or(default.delay),
            timeout: time("timeout", self.timeout)?.filter(|timeout| !timeout.is_zero()),
            dead_letter_sink: self.dead_letter_sink.map(|sink| sink.uri),
            retry_after_max: time("retryAfterMax", self.retry_after_max)?,
            format: self.format.map(|format| match format {
                DeliveryFormat::Json => Format::Json,
                DeliveryFormat::Binary => Format::Binary,
            }),
        })
    }

    pub(super) fn write(delivery: &Delivery) -> Self {
        Self {
            retry: Some(delivery.retry),
            backoff_policy: Some(match delivery.policy {
                Policy::Linear => BackoffPolicy::Linear,
                Policy::Exponential => BackoffPolicy::Exponential,
            }),
            backoff_delay: Some(duration::format(delivery.delay)),
            timeout: delivery.timeout.map(duration::format),
            dead_letter_sink: delivery
                .dead_letter_sink
                .clone()
                .map(|uri| Destination { uri }),
            retry_after_max: delivery.retry_after_max.map(duration::format),
            format: delivery.format.map(|format| match format {
                Format::Json => DeliveryFormat::Json,
                Format::Binary => DeliveryFormat::Binary,
            }),
        }
    }
}
