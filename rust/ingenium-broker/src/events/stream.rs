//! The stream itself: pages of the log, asked for when the last one is taken.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use ingenium_contract::envelope;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::outside;
use crate::core::Core;
use crate::log::Page;
use crate::store::StoredEvent;
use crate::trigger::{Filter, filter};

/// How long a stream is silent at most: shorter than what proxies take for the end.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The events of the log that a reader asked for.
pub(super) struct Events {
    core: Arc<Core>,
    /// The offset of the last event that was read.
    position: u64,
    /// The last offset that is asked for.
    to: Option<u64>,
    filters: Vec<Filter>,
    head: watch::Receiver<u64>,
    /// The position that the reader knows of.
    told: Option<u64>,
    _place: OwnedSemaphorePermit,
}

/// What comes next for a reader.
enum Next {
    Piece(Bytes),
    End,
}

impl Events {
    pub(super) fn new(
        core: Arc<Core>,
        position: u64,
        to: Option<u64>,
        filters: Vec<Filter>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            head: core.log.watch(),
            core,
            position,
            to,
            filters,
            told: None,
            _place: place,
        }
    }

    pub(super) fn into_stream(self) -> impl Stream<Item = Bytes> + Send {
        stream::unfold(self, |mut events| async move {
            match events.next().await {
                Next::Piece(piece) => Some((piece, events)),
                Next::End => None,
            }
        })
    }

    async fn next(&mut self) -> Next {
        // The place at once: a reader that is cut off before its first event goes on from here.
        if self.told.is_none() {
            return self.tell("");
        }
        let deadline = Instant::now() + HEARTBEAT;
        loop {
            if self.core.stop.is_requested() {
                return Next::End;
            }
            if self.to.is_some_and(|to| self.position >= to) {
                // The events before the end may not have passed the filters: the reader learns that this is it.
                return match self.told {
                    Some(told) if told >= self.position => Next::End,
                    _ => self.tell(""),
                };
            }
            let seen = *self.head.borrow_and_update();
            if self.position >= seen {
                if !self.wait(deadline).await {
                    return self.tell(":\n");
                }
                continue;
            }
            let page = match self
                .core
                .log
                .page(&self.core.browser, self.position + 1)
                .await
            {
                Ok(page) => page,
                Err(error) => {
                    warn!(error = %error, "a reader of the log is cut off");
                    return Next::End;
                }
            };
            let Some(text) = self.take(&page) else {
                // Retention was faster. When the reader comes again it is told so.
                return Next::End;
            };
            if !text.is_empty() {
                self.told = Some(self.position);
                return Next::Piece(text.into());
            }
            if Instant::now() >= deadline {
                return self.tell(":\n");
            }
        }
    }

    /// Waits for more events; false when there is something to be said without any.
    async fn wait(&mut self, deadline: Instant) -> bool {
        let stop = self.core.stop.clone();
        tokio::select! {
            biased; // a stopping broker has no time for readers
            () = stop.requested() => true,
            changed = self.head.changed() => {
                // The sender lives in the log, and the log in the core.
                drop(changed);
                true
            }
            () = sleep_until(deadline) => false,
        }
    }

    /// The events of a page that pass, as text; `None` where events before it are gone.
    fn take(&mut self, page: &Page) -> Option<String> {
        let profile = self.core.profile();
        let mut text = String::new();
        for event in page {
            if event.offset != self.position + 1 {
                return None;
            }
            if self.to.is_some_and(|to| event.offset > to) {
                break;
            }
            self.position = event.offset;
            if filter::all_pass(&self.filters, &event.event, profile) {
                write(event, &mut text);
            }
        }
        Some(text)
    }

    /// Says how far the log was read: an id without data is remembered and is no event.
    fn tell(&mut self, before: &str) -> Next {
        self.told = Some(self.position);
        Next::Piece(format!("{before}id: {}\n\n", self.position).into())
    }
}

/// One event in the format of server-sent events.
fn write(stored: &StoredEvent, text: &mut String) {
    let event = outside(&stored.event);
    let line = envelope::to_line(&event);
    let line = String::from_utf8_lossy(&line);
    *text += &format!("id: {}\nevent: {}\n", stored.offset, event.type_);
    *text += &format!("data: {line}\n\n");
}
