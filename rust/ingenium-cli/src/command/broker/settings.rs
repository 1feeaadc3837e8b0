//! What a configuration file of the broker may hold, and what holds when both it and the command line speak.

use std::net::SocketAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ingenium_broker::{Limits, Retention};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::retention;
use crate::exit::{Code, Failure};

/// Configuration of `ingenium broker`. What the command line says comes first.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    /// Address and port to listen on; PORT or 8080 on the loopback address otherwise. Any other address needs a token.
    #[schemars(with = "Option<String>")]
    pub(super) listen: Option<SocketAddr>,
    /// Folder of the broker's file; `.ingenium` otherwise. Paths are relative to where the broker is started.
    pub(super) data: Option<PathBuf>,
    /// Namespace in the broker's URL; `default` otherwise.
    pub(super) namespace: Option<String>,
    /// Name in the broker's URL; `default` otherwise.
    pub(super) name: Option<String>,
    /// File with the token that every request has to show, other than those for `/healthz` and `/readyz`.
    pub(super) token_file: Option<PathBuf>,
    /// How long events are kept; for ever otherwise.
    pub(super) retention: Kept,
    /// What the broker may take.
    pub(super) limits: Most,
}

/// How long events are kept. What a trigger has not settled is kept in any case.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Retention")]
pub(super) struct Kept {
    /// Remove events that were stored longer ago: an ISO 8601 duration such as `P7D`.
    #[serde(deserialize_with = "age")]
    #[schemars(with = "Option<String>", regex(pattern = "^P"))]
    age: Option<Duration>,
    /// Remove the oldest events while more of the file is in use: bytes, or text with a unit such as `10Gi`.
    #[serde(deserialize_with = "size")]
    #[schemars(with = "Option<Size>")]
    size: Option<u64>,
}

/// What the broker may take.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Limits")]
pub(super) struct Most {
    /// Requests that wait for the disk; more are answered 429.
    queue: Option<NonZeroUsize>,
    /// Attempts that a trigger has open at a time.
    in_flight: Option<NonZeroUsize>,
    /// Events that a trigger has read and not settled.
    window: Option<NonZeroUsize>,
    /// Readers of the event log that may be connected; more are answered 429.
    readers: Option<NonZeroUsize>,
    /// Triggers that have a label of their own in `/metrics`.
    trigger_labels: Option<NonZeroUsize>,
    /// How long an attempt may take when the trigger does not say: an ISO 8601 duration such as `PT30S`.
    #[serde(deserialize_with = "age")]
    #[schemars(with = "Option<String>", regex(pattern = "^P"))]
    timeout: Option<Duration>,
    /// How long open deliveries may take after the broker was asked to end: an ISO 8601 duration.
    #[serde(deserialize_with = "age")]
    #[schemars(with = "Option<String>", regex(pattern = "^P"))]
    drain: Option<Duration>,
}

/// A number of bytes.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Size {
    Bytes(NonZeroU64),
    Text(#[schemars(regex(pattern = "^[0-9]+([KMGT]i)?$"))] String),
}

impl Settings {
    /// Reads a file, or what holds without one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let failed = |problem: String| {
            let message = format!("configuration `{}`: {problem}", path.display());
            Failure::new(Code::Usage, message)
        };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
    }
}

impl Kept {
    /// What the command line does not say is as the file has it.
    pub(super) fn or(self, age: Option<Duration>, size: Option<u64>) -> Retention {
        Retention {
            age: age.or(self.age),
            size: size.or(self.size),
        }
    }
}

impl Most {
    /// The usual limits but for these.
    pub(super) fn limits(self) -> Limits {
        let usual = Limits::default();
        let or = |own: Option<NonZeroUsize>, usual| own.map_or(usual, NonZeroUsize::get);
        Limits {
            queue: or(self.queue, usual.queue),
            in_flight: or(self.in_flight, usual.in_flight),
            window: or(self.window, usual.window),
            readers: or(self.readers, usual.readers),
            trigger_labels: or(self.trigger_labels, usual.trigger_labels),
            timeout: self.timeout.unwrap_or(usual.timeout),
            drain: self.drain.unwrap_or(usual.drain),
            ..usual
        }
    }
}

fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| {
        retention::age(&text).map_err(|fix| serde::de::Error::custom(format!("`{text}`: {fix}")))
    };
    text.map(read).transpose()
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = match Option::<Size>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Size::Bytes(bytes)) => bytes.to_string(),
        Some(Size::Text(text)) => text,
    };
    let read = retention::size(&text);
    read.map(Some)
        .map_err(|fix| serde::de::Error::custom(format!("`{text}`: {fix}")))
}
