//! Events on their way into a broker, in their order.

use std::time::Duration;

use ingenium_contract::envelope;
use ingenium_runtime::backoff::Backoff;
use ingenium_runtime::http::client::{Answer, SendError};
use serde_json::Value;
use tokio::time::sleep;

use super::Log;
use super::entries::Item;
use crate::command::server::{Connection, refused};
use crate::exit::{Code, Failure, complain};

/// The longest wait that a broker may ask for.
const LONGEST: Duration = Duration::from_secs(60);

/// A batch is sent at this size, in bytes: requests have a megabyte at most.
const MOST_BYTES: usize = 900_000;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is stored.
    Accepted,
    /// It was stored before.
    Known,
    /// It never can be.
    Refused(String),
}

/// Sends events one after another, or in batches.
#[derive(Debug)]
pub(super) struct Poster {
    connection: Connection,
    path: String,
    batch: usize,
    retries: u32,
    quiet: bool,
    /// Nothing is sent after an event that was refused.
    stops: bool,
    waiting: Vec<Item>,
    bytes: usize,
}

impl Poster {
    pub(super) fn new(log: &Log, batch: usize, retries: u32, quiet: bool) -> Result<Self, Failure> {
        Ok(Self {
            connection: log.server.connect()?,
            path: log.ingress(),
            batch,
            retries,
            quiet,
            stops: false,
            waiting: Vec::new(),
            bytes: 0,
        })
    }

    /// The same, but nothing is sent after an event that was refused.
    pub(super) fn stopping(mut self) -> Self {
        self.stops = true;
        self
    }

    /// Takes an event; what became of it is told now or later, in order.
    pub(super) async fn push(&mut self, item: Item) -> Result<Vec<(Item, Outcome)>, Failure> {
        let size = item.event.len() + 1;
        let mut told = Vec::new();
        if self.bytes + size > MOST_BYTES {
            told = self.flush().await?;
        }
        self.bytes += size;
        self.waiting.push(item);
        if self.waiting.len() >= self.batch {
            told.extend(self.flush().await?);
        }
        Ok(told)
    }

    /// Sends what waits.
    pub(super) async fn flush(&mut self) -> Result<Vec<(Item, Outcome)>, Failure> {
        let items = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        if items.len() > 1 {
            let mut body = vec![b'['];
            for item in &items {
                if body.len() > 1 {
                    body.push(b',');
                }
                body.extend_from_slice(&item.event);
            }
            body.push(b']');
            let outcome = self.post(envelope::BATCH, body.into(), &items[0]).await?;
            if !matches!(outcome, Outcome::Refused(_)) {
                let told = items.into_iter();
                return Ok(told.map(|item| (item, outcome.clone())).collect());
            }
            // All of it or nothing: one by one it is said which.
        }
        let was_batch = items.len() > 1;
        let mut told = Vec::new();
        for item in items {
            let event = item.event.clone();
            let outcome = self.post(envelope::STRUCTURED, event, &item).await?;
            let is_refused = matches!(outcome, Outcome::Refused(_));
            told.push((item, outcome));
            if is_refused && self.stops {
                break;
            }
        }
        let is_refused = |(_, outcome): &(Item, Outcome)| matches!(outcome, Outcome::Refused(_));
        if was_batch && !told.iter().any(is_refused) {
            self.batch = 1;
            if !self.quiet {
                complain("the broker takes no batches; events go one by one");
            }
        }
        Ok(told)
    }

    /// Sends one request until the broker has decided.
    async fn post(
        &self,
        media_type: &str,
        body: bytes::Bytes,
        first: &Item,
    ) -> Result<Outcome, Failure> {
        let mut backoff = Backoff::sender();
        loop {
            let sent = self
                .connection
                .send("POST", &self.path, Some(media_type), body.clone());
            let asked = match sent.await {
                Ok(answer) => match judge(&answer) {
                    Some(outcome) => return Ok(outcome),
                    None if !matches!(answer.status, 408 | 429 | 500..) => {
                        return Err(refused(&answer, &self.path));
                    }
                    None if backoff.attempts() >= self.retries => {
                        return Err(refused(&answer, &first.place));
                    }
                    None => retry_after(&answer),
                },
                // The event may be there: it comes again, and a broker of class Ingenium stores it once.
                Err(SendError::Closed { .. } | SendError::Timeout { .. })
                    if backoff.attempts() < self.retries =>
                {
                    None
                }
                Err(error) => return Err(self.connection.unreachable(&error)),
            };
            let own = backoff.next_wait();
            sleep(asked.map_or(own, |asked| asked.max(own))).await;
        }
    }
}

/// What an answer says about the event; nothing where it is about something else.
fn judge(answer: &Answer) -> Option<Outcome> {
    match answer.status {
        200..=299 if answer.header("ingenium-result") == Some(b"known") => Some(Outcome::Known),
        200..=299 => Some(Outcome::Accepted),
        // Nothing to do with this event: the token, the path.
        401 | 403 | 404 | 405 | 408 | 429 => None,
        400..=499 => {
            let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            let reason = format!("{} {}: {}", answer.status, text("code"), text("detail"));
            Some(Outcome::Refused(reason))
        }
        _ => None,
    }
}

fn retry_after(answer: &Answer) -> Option<Duration> {
    let value = std::str::from_utf8(answer.header("retry-after")?).ok()?;
    // A date means: no sooner than the usual wait.
    let seconds = value.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST))
}

/// The failure of an event that must not be missing.
pub(super) fn missing(item: &Item, reason: &str) -> Failure {
    Failure::new(Code::Bad, format!("{}: refused: {reason}", item.place))
}
