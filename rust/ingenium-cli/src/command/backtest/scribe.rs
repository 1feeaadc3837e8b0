//! The fingerprint of a run, taken on a thread of its own: writing and hashing events costs about what running them does.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use ingenium_trading::backtest::Event;
use ingenium_types::Payload;
use ingenium_types::event::MarketData;
use ingenium_types::fingerprint::{Line, Running};
use ingenium_types::scalar::UtcTimestamp;

use crate::exit::{Code, Failure};

/// Events that travel together.
const PAGE: usize = 512;

/// Pages on their way: a run waits for a scribe that is slower.
const PAGES: usize = 8;

/// How far back events are waited for, in nanoseconds, where bars are shorter: the days of a long weekend, after which
/// orders of the last session expire.
const A_WEEK: i64 = 7 * 86_400_000_000_000;

/// What is known of an event.
type Said = (UtcTimestamp, Payload);

/// Writes down what a run says.
#[derive(Debug)]
pub(super) struct Scribe {
    page: Vec<Said>,
    pages: SyncSender<Vec<Said>>,
    thread: JoinHandle<Option<String>>,
}

impl Scribe {
    /// One that keeps what is older than a week, or forgets it: then a run may have to be written down again.
    #[expect(
        clippy::disallowed_methods,
        reason = "computes only; it is joined, or ends with the run that it is written down for"
    )]
    pub(super) fn new(keeps_all: bool) -> Self {
        let (pages, read) = sync_channel(PAGES);
        Self {
            page: Vec::with_capacity(PAGE),
            pages,
            thread: std::thread::spawn(move || write(&read, keeps_all)),
        }
    }

    /// Writes down one event.
    pub(super) fn take(&mut self, event: &Event) {
        self.page.push((event.time, event.payload.clone()));
        if self.page.len() == PAGE {
            let page = std::mem::replace(&mut self.page, Vec::with_capacity(PAGE));
            // A scribe that has panicked is found when it is asked for its result.
            drop(self.pages.send(page));
        }
    }

    /// The fingerprint; `None` where an event came that was not waited for any more.
    pub(super) fn finish(self) -> Result<Option<String>, Failure> {
        drop(self.pages.send(self.page));
        drop(self.pages);
        let ended = self.thread.join();
        ended
            .map_err(|_| Failure::new(Code::Internal, "the thread of the fingerprint has panicked"))
    }
}

fn write(pages: &Receiver<Vec<Said>>, keeps_all: bool) -> Option<String> {
    let mut running = Running::default();
    let mut window = A_WEEK;
    for page in pages {
        for (time, payload) in page {
            running.add(Line::of(&payload, time));
            if keeps_all {
                continue;
            }
            if let Payload::IngestorData(data) = &payload
                && matches!(data.data, MarketData::Ohlc(_))
            {
                // Input goes on in time. What it leads to is dated within its bar, or after the bar before it.
                let length = time.as_nanoseconds() - data.timestamp.as_nanoseconds();
                window = window.max(length.saturating_mul(2));
                let before = time.as_nanoseconds().saturating_sub(window);
                if let Some(before) = UtcTimestamp::from_nanoseconds(before) {
                    running.settle_before(before);
                }
            }
        }
    }
    running.finish()
}
