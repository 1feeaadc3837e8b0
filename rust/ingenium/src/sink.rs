//! Sending: the same id and bytes until the sink has taken them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ingenium_contract::{CloudEvent, envelope};
use ingenium_runtime::backoff::{Backoff, is_retriable};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::observer::{LogObserver, Observer};
use ingenium_runtime::shutdown::Shutdown;

/// Where a component's events go: `K_SINK`.
#[derive(Clone)]
pub struct Sink {
    client: Client,
    uri: String,
    timeout: Duration,
    observer: Arc<dyn Observer>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The sink has it.
    Accepted,
    /// The sink will never take it: its status and the start of its answer.
    Refused(u16, String),
    /// The component stopped before the sink had it.
    Stopped,
}

impl Sink {
    /// A sink at `uri` that must answer within `timeout`.
    #[must_use]
    pub fn new(uri: impl Into<String>, timeout: Duration) -> Self {
        Self {
            client: Client::new(),
            uri: uri.into(),
            timeout,
            observer: Arc::new(LogObserver),
        }
    }

    /// Reports what happens to events to `observer`.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Sends an event in binary mode, until it is accepted or refused.
    pub async fn send(&self, event: &CloudEvent, stop: &Shutdown) -> Outcome {
        let (headers, body) = envelope::to_binary(event);
        self.deliver(&headers, body, stop).await
    }

    /// Posts a message, until it is accepted or refused. What a retry can cure is retried for as long as the
    /// component lives: nothing that was promised is given up.
    pub async fn deliver(
        &self,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
        stop: &Shutdown,
    ) -> Outcome {
        self.deliver_until(headers, body, stop.requested()).await
    }

    /// [`deliver`](Self::deliver), until `end` resolves.
    pub async fn deliver_until(
        &self,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
        end: impl Future<Output = ()>,
    ) -> Outcome {
        let mut end = std::pin::pin!(end);
        let body = body.into();
        let mut backoff = Backoff::sender();
        loop {
            let attempt = self
                .client
                .send("POST", &self.uri, headers, body.clone(), self.timeout);
            let reason = tokio::select! {
                biased; // an answer that is there counts, even when the component is stopping
                answer = attempt => match answer {
                    Ok(answer) if (200..300).contains(&answer.status) => {
                        self.observer.sent(headers);
                        return Outcome::Accepted;
                    }
                    Ok(answer) if is_retriable(answer.status) => format!("status {}", answer.status),
                    Ok(answer) => {
                        let text = String::from_utf8_lossy(&answer.body).chars().take(512).collect();
                        return Outcome::Refused(answer.status, text);
                    }
                    Err(error) => error.to_string(),
                },
                () = &mut end => return Outcome::Stopped,
            };
            let wait = backoff.next_wait();
            self.observer.retried(headers, backoff.attempts(), &reason);
            tokio::select! {
                biased;
                () = &mut end => return Outcome::Stopped,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}
