//! Sending: until the sink has the event, in order, with the faults of senders.

use std::collections::BTreeMap;
use std::time::Duration;

use ingenium_runtime::backoff::is_retriable;
use ingenium_runtime::environment::KnativeSettings;
use ingenium_runtime::http::client::Client;
use serde_json::Value;

use super::draft::Draft;
use super::fault::Fault;
use crate::sink::{ELSEWHERE, PATH};

/// The wait before the second attempt; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Where events go.
pub(super) struct Outlet {
    fault: Fault,
    client: Client,
    uri: String,
    overrides: BTreeMap<String, String>,
    timeout: Duration,
}

impl Outlet {
    pub(super) fn new(fault: Fault, settings: &KnativeSettings) -> Option<Self> {
        let uri = settings.sink.as_ref()?.to_string();
        Some(Self {
            fault,
            client: Client::new(),
            uri: if fault.is("M-SINK-PATH") {
                uri.replace(PATH, "/")
            } else {
                uri
            },
            overrides: settings.ce_overrides.clone(),
            timeout: if fault.is("M-SHORT-TIMEOUT") {
                Duration::from_secs(1)
            } else {
                settings.sink_timeout
            },
        })
    }

    /// Sends an event until the sink has taken or refused it; false when it was given up.
    pub(super) async fn send(&self, draft: &Draft) -> bool {
        let mut draft = draft.clone();
        if !self.fault.is("M-NO-OVERRIDES") {
            for (name, value) in &self.overrides {
                let value = Value::String(value.clone());
                draft.attributes.insert(name.clone(), value);
            }
        }
        let (headers, body) = draft.message(self.fault);
        let mut wait = FIRST_WAIT;
        loop {
            let answer = self
                .client
                .send("POST", &self.uri, &headers, body.clone(), self.timeout)
                .await;
            let again = match &answer {
                Ok(answer) if (200..300).contains(&answer.status) => return true,
                Ok(answer) if answer.status == 307 && self.fault.is("M-FOLLOWS-REDIRECT") => {
                    let uri =
                        self.uri.split(PATH).next().unwrap_or_default().to_owned() + ELSEWHERE;
                    let followed = self
                        .client
                        .send("POST", &uri, &headers, body, self.timeout)
                        .await;
                    return followed.is_ok();
                }
                Ok(answer) if is_retriable(answer.status) => true,
                Ok(answer) => matches!(
                    (answer.status, self.fault.name),
                    (422, "M-RETRIES-ALL") | (413, "M-RETRIES-413")
                ),
                Err(_) => true,
            };
            let gives_up = match self.fault.name {
                "M-NO-RETRY" => answer.is_ok(),
                "M-RETRIES-SOME" => answer
                    .as_ref()
                    .is_ok_and(|answer| matches!(answer.status, 404 | 408 | 409 | 500)),
                "M-LOSES" | "M-SHORT-TIMEOUT" => answer.is_err(),
                _ => false,
            };
            if !again || gives_up {
                return false;
            }
            if !self.fault.is("M-HAMMERS") {
                tokio::time::sleep(wait).await;
            }
            if !self.fault.is("M-CONSTANT-WAIT") {
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}
