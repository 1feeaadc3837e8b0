//! A tap on a line: what passes between two programs is judged, and neither of them notices.
//!
//! ```text
//! client ──▶ pipe ──▶ server      bytes, unaltered; nothing waits for the judge
//!             │ copies, bounded: what the judge cannot take is counted, and fails the run
//!             ▼
//!            wire ──▶ Judge ──▶ Ledger ──▶ findings as they come, the report at the end
//! ```

mod coverage;
mod meant;
mod open;
mod pipe;
mod wire;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use ingenium_runtime::clock;
use ingenium_types::EventType;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::passive::{Finding, Judge, Ledger};
use crate::report::{Report, Subject};
pub use coverage::Coverage;
use meant::{Events, Meant};
use open::Open;
use pipe::{Counts, Part};

/// Copies that wait for the judge; with what one holds, some 32 MiB.
const QUEUE: usize = 2048;

/// Findings that a slow listener may be behind.
const FINDINGS: usize = 1024;

/// What has passed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Passed {
    /// Connections in all.
    pub connections: u64,
    /// Events, by type; those of no known type under the empty name.
    pub events: BTreeMap<String, usize>,
    /// Other messages: what was posted and is no event, such as telemetry.
    pub other: u64,
    /// Connections of which something was not judged, because the judge could not keep up.
    pub lost: u64,
    /// Connections that nobody took at the other end.
    pub refused: u64,
    /// Connections that carried something else than HTTP/1.1.
    pub opaque: u64,
}

impl Passed {
    /// All events.
    #[must_use]
    pub fn all(&self) -> usize {
        self.events.values().sum()
    }
}

/// What passes bytes on, and what judges their copies.
type Tasks = (JoinHandle<()>, JoinHandle<(Report, Coverage)>);

/// A tap that runs.
#[derive(Debug)]
pub struct Tap {
    address: SocketAddr,
    tasks: Mutex<Option<Tasks>>,
    passed: Arc<Mutex<Passed>>,
    counts: Arc<Counts>,
    findings: broadcast::Sender<Finding>,
}

impl Tap {
    /// Starts listening, and passes on to `forward`.
    ///
    /// # Errors
    /// Where it cannot listen.
    pub async fn start(
        listen: SocketAddr,
        forward: SocketAddr,
        judge: Judge,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (queue, parts) = mpsc::channel(QUEUE);
        let (findings, _) = broadcast::channel(FINDINGS);
        let counts = Arc::new(Counts::default());
        let passed = Arc::new(Mutex::new(Passed::default()));
        let subject = Subject::Recording(format!("tap {address} to {forward}"));
        let (seen, told) = (Arc::clone(&passed), findings.clone());
        let judging =
            tokio::task::spawn_blocking(move || listen_in(&judge, parts, &seen, &told, subject));
        let passing = tokio::spawn(pipe::run(listener, forward, queue, Arc::clone(&counts)));
        Ok(Self {
            address,
            tasks: Mutex::new(Some((passing, judging))),
            passed,
            counts,
            findings,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has passed so far.
    #[must_use]
    pub fn passed(&self) -> Passed {
        let mut passed = self
            .passed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        passed.connections = self.counts.connections.load(Ordering::Relaxed);
        passed.lost = self.counts.lost.load(Ordering::Relaxed);
        passed.refused = self.counts.refused.load(Ordering::Relaxed);
        passed
    }

    /// Findings from here on.
    #[must_use]
    pub fn findings(&self) -> broadcast::Receiver<Finding> {
        self.findings.subscribe()
    }

    /// Ends it: connections are cut, what has passed is judged, and the report says what it came to.
    ///
    /// # Panics
    /// When the judge has panicked, or when it has been stopped before.
    pub async fn stop(&self) -> (Report, Passed, Coverage) {
        let (passing, judging) = self
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .expect("a tap is stopped once");
        passing.abort();
        // Only when it is gone is every copy in the queue.
        drop(passing.await);
        let judged = judging.await;
        let (report, coverage) = match judged {
            Ok(judged) => judged,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        (report, self.passed(), coverage)
    }
}

/// Judges copies until there are no more.
fn listen_in(
    judge: &Judge,
    mut parts: mpsc::Receiver<Part>,
    passed: &Mutex<Passed>,
    told: &broadcast::Sender<Finding>,
    subject: Subject,
) -> (Report, Coverage) {
    let started = clock::now();
    let mut ledger = Ledger::new(judge);
    let mut coverage = Coverage::new();
    let mut open = Open::default();
    let mut events = Events::default();
    while let Some(part) = parts.blocking_recv() {
        for message in open.take(&part) {
            match events.meant(&message, part.way) {
                Meant::Event => {}
                Meant::Other => {
                    passed.lock().unwrap_or_else(PoisonError::into_inner).other += 1;
                    continue;
                }
                Meant::Nothing => continue,
            }
            let place = format!("connection {}", part.connection);
            let (bytes, copy) = (message.body.clone(), message.clone());
            let seen = judge.message(message);
            let name = seen.event_type().map_or("", EventType::as_str);
            coverage.take(name, &copy);
            let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
            *passed.events.entry(name.to_owned()).or_default() += 1;
            drop(passed);
            ledger.take(seen, &bytes, &place);
            for finding in ledger.fresh() {
                // Nobody listens: the report has it.
                told.send(finding).ok();
            }
        }
        passed.lock().unwrap_or_else(PoisonError::into_inner).opaque = open.opaque();
    }
    (ledger.finish(subject, started), coverage)
}
