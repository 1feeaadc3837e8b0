//! What a broker measures of itself, for Prometheus to collect.

mod names;
mod scrape;

use std::collections::HashSet;
use std::sync::Mutex;

use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts, Registry, core::Collector,
};

use self::names::Name;
use crate::core::lock;

pub(crate) use scrape::answer;

/// From a tenth of what a sync on a fast disk takes to what is a failure for a sender.
const COMMIT_SECONDS: [f64; 14] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];

/// The label of the triggers that are too many to have their own.
const OTHER: &str = "other";

/// Counted as it happens; what is a state is read when it is asked for.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    labels: Labels,
    ingress: IntCounterVec,
    pub(crate) stored: IntCounter,
    pub(crate) known: IntCounter,
    deliveries: IntCounterVec,
    retries: IntCounterVec,
    commit: Histogram,
    pub(crate) commit_failures: IntCounter,
    pub(crate) removed: IntCounter,
}

impl Metrics {
    /// All at zero; up to `labels` triggers have a label of their own.
    pub(crate) fn new(labels: usize) -> Self {
        let registry = Registry::new();
        let counter = |name| registered(&registry, IntCounter::with_opts(opts(name)));
        let counters =
            |name, labels: &[&str]| registered(&registry, IntCounterVec::new(opts(name), labels));
        let commit = HistogramOpts::new(names::COMMIT.name, names::COMMIT.help)
            .buckets(COMMIT_SECONDS.to_vec());
        Self {
            labels: Labels::new(labels),
            ingress: counters(names::INGRESS, &["result"]),
            stored: counter(names::STORED),
            known: counter(names::KNOWN),
            deliveries: counters(names::DELIVERIES, &["trigger", "result"]),
            retries: counters(names::RETRIES, &["trigger"]),
            commit: registered(&registry, Histogram::with_opts(commit)),
            commit_failures: counter(names::COMMIT_FAILURES),
            removed: counter(names::REMOVED),
            registry,
        }
    }

    /// A request was refused for want of the token, or an event was posted and answered with this status.
    pub(crate) fn answered(&self, status: u16) {
        let result = match status {
            200..=299 => "accepted",
            401 => "unauthorized",
            429 => "queue_full",
            400..=499 => "refused",
            _ => "unavailable",
        };
        self.ingress.with_label_values(&[result]).inc();
    }

    /// A delivery is over.
    pub(crate) fn delivered(&self, trigger: &str, result: &str) {
        let trigger = self.labels.label(trigger);
        self.deliveries.with_label_values(&[trigger, result]).inc();
        // It is there from the first delivery on.
        self.retries.with_label_values(&[trigger]).inc_by(0);
    }

    /// A recipient is tried again.
    pub(crate) fn retried(&self, trigger: &str) {
        let trigger = self.labels.label(trigger);
        self.retries.with_label_values(&[trigger]).inc();
    }

    /// Events are on disk.
    pub(crate) fn committed(&self, took: std::time::Duration) {
        self.commit.observe(took.as_secs_f64());
    }
}

/// Which triggers have a label: the first that came. Labels are kept for ever by whoever collects them, so their number
/// is bounded, whatever is created and deleted.
#[derive(Debug)]
struct Labels {
    most: usize,
    known: Mutex<HashSet<String>>,
}

impl Labels {
    fn new(most: usize) -> Self {
        Self {
            most,
            known: Mutex::default(),
        }
    }

    fn label<'a>(&self, trigger: &'a str) -> &'a str {
        let mut known = lock(&self.known);
        if known.contains(trigger) {
            return trigger;
        }
        if known.len() >= self.most {
            return OTHER;
        }
        known.insert(trigger.to_owned());
        trigger
    }
}

fn opts(Name { name, help }: Name) -> Opts {
    Opts::new(name, help)
}

/// Adds what was made of names and labels that are all legal and different.
fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let collector = made.expect("the name and its labels are legal");
    registry
        .register(Box::new(collector.clone()))
        .expect("no name is used twice");
    collector
}
