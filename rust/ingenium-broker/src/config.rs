//! What a broker is told when it is opened.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::token::Token;

/// How a broker is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The SQLite file; created when absent, its folder is not.
    pub path: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The namespace in the broker's URL.
    pub namespace: String,
    /// The name in the broker's URL.
    pub broker: String,
    /// The order of deliveries.
    pub mode: Mode,
    /// What it may take.
    pub limits: Limits,
    /// How long events are kept.
    pub retention: Retention,
    /// What every request has to show, other than those for `/healthz` and `/readyz`. Without it only a loopback
    /// address is listened on.
    pub token: Option<Token>,
}

impl Config {
    /// A broker with the usual limits.
    #[must_use]
    pub fn new(
        path: impl Into<PathBuf>,
        listen: SocketAddr,
        namespace: impl Into<String>,
        broker: impl Into<String>,
        mode: Mode,
    ) -> Self {
        Self {
            path: path.into(),
            listen,
            namespace: namespace.into(),
            broker: broker.into(),
            mode,
            limits: Limits::default(),
            retention: Retention::default(),
            token: None,
        }
    }
}

/// The order of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// For each trigger, in log order per key, keys in parallel.
    Fifo,
    /// One delivery at a time in the whole broker, in step order ([`ingenium_types::step`]).
    Step {
        /// The `source` of the input events: the run's ingestor.
        input_source: String,
    },
}

/// How long events are kept: by default for ever. What a trigger has not settled is kept in any case, and so is the
/// last event. An event that comes again after it was removed is a new one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Events that were stored longer ago are removed.
    pub age: Option<Duration>,
    /// While more bytes of the file are in use, the oldest events are removed. The file itself keeps its size: free
    /// pages take the next events.
    pub size: Option<u64>,
}

/// What a broker may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests that wait for the disk; more are answered with 429.
    pub queue: usize,
    /// Attempts that a trigger has open at a time.
    pub in_flight: usize,
    /// Events that a trigger has read and not settled. Keys that fail fill it: beyond this they hold up the others.
    pub window: usize,
    /// Events that are kept in memory after they were stored.
    pub recent: usize,
    /// Readers of the event log over HTTP that may be connected; more are answered with 429.
    pub readers: usize,
    /// Triggers that have a label of their own in `/metrics`; the others share `other`.
    pub trigger_labels: usize,
    /// How long an attempt may take when the trigger does not say.
    pub timeout: Duration,
    /// How long open deliveries may take after a shutdown was asked for.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1024,
            in_flight: 32,
            window: 1024,
            recent: 8192,
            readers: 100,
            trigger_labels: 1000,
            timeout: Duration::from_secs(30),
            drain: Duration::from_secs(3),
        }
    }
}
