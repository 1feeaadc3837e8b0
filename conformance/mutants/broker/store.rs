//! What the broker keeps: its object, its Triggers, and the log, on disk as in memory.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use ingenium_runtime::http::client::Client;
use serde_json::Value;
use tokio::sync::Mutex as Turn;

use super::event::Event;
use crate::mutant::fault::Fault;

/// Whose behaviour it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Spec,
    Kafka,
    Mt,
}

/// A Trigger, and what keeps its deliveries in order.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) object: Value,
    pub(super) turns: Arc<Mutex<BTreeMap<String, Arc<Turn<()>>>>>,
}

#[derive(Debug, Default)]
struct Kept {
    broker: Value,
    triggers: BTreeMap<String, Trigger>,
    log: Vec<Event>,
}

#[derive(Debug)]
pub(super) struct Store {
    pub(super) fault: Fault,
    pub(super) token: Option<String>,
    pub(super) client: Client,
    port: u16,
    state: PathBuf,
    kept: Mutex<Kept>,
}

const BROKER: &str = "broker.json";
const TRIGGERS: &str = "triggers.json";
const LOG: &str = "log.ndjson";

impl Store {
    pub(super) fn open(fault: Fault, port: u16, state: PathBuf, token: Option<String>) -> Self {
        let read = |name: &str| std::fs::read_to_string(state.join(name)).unwrap_or_default();
        let objects: BTreeMap<String, Value> =
            serde_json::from_str(&read(TRIGGERS)).unwrap_or_default();
        let mut kept = Kept {
            broker: serde_json::from_str(&read(BROKER)).unwrap_or_default(),
            triggers: objects
                .into_iter()
                .map(|(name, object)| (name, Trigger::new(object)))
                .collect(),
            log: Vec::new(),
        };
        if !fault.is("M-FORGETS") {
            kept.log = read(LOG).lines().filter_map(Event::from_line).collect();
        }
        Self {
            fault,
            token,
            client: Client::new(),
            port,
            state,
            kept: Mutex::new(kept),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept
            .lock()
            .expect("no code panics while it holds this lock")
    }

    pub(super) fn class(&self) -> Class {
        let kept = self.lock();
        let class = &kept.broker["metadata"]["annotations"]["eventing.knative.dev/broker.class"];
        match class.as_str() {
            Some("Kafka") => Class::Kafka,
            Some("MTChannelBasedBroker") => Class::Mt,
            _ => Class::Spec,
        }
    }

    /// `namespace/name`, the path that events are posted to.
    pub(super) fn address(&self) -> String {
        let kept = self.lock();
        let word = |name: &str| {
            kept.broker["metadata"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        format!("{}/{}", word("namespace"), word("name"))
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{}", self.port, self.address())
    }

    pub(super) fn broker(&self) -> Value {
        self.lock().broker.clone()
    }

    pub(super) fn put_broker(&self, object: Value) {
        self.save(BROKER, &object);
        self.lock().broker = object;
    }

    pub(super) fn triggers(&self) -> Vec<Trigger> {
        self.lock().triggers.values().cloned().collect()
    }

    pub(super) fn trigger(&self, name: &str) -> Option<Value> {
        let kept = self.lock();
        kept.triggers
            .get(name)
            .map(|trigger| trigger.object.clone())
    }

    pub(super) fn put_trigger(&self, name: &str, object: Value) -> Trigger {
        let trigger = Trigger::new(object);
        let mut kept = self.lock();
        kept.triggers.insert(name.to_owned(), trigger.clone());
        let objects: BTreeMap<&String, &Value> = kept
            .triggers
            .iter()
            .map(|(name, trigger)| (name, &trigger.object))
            .collect();
        self.save(TRIGGERS, &serde_json::json!(objects));
        trigger
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.lock().log.clone()
    }

    pub(super) fn has(&self, event: &Event) -> bool {
        let same = |other: &Event| {
            other.get("id") == event.get("id") && other.get("source") == event.get("source")
        };
        self.lock().log.iter().any(same)
    }

    /// Writes an event down before anybody is told that it was taken.
    pub(super) fn keep(&self, event: &mut Event) {
        let mut kept = self.lock();
        event.offset = kept.log.len();
        kept.log.push(event.clone());
        if self.fault.is("M-FORGETS") {
            return;
        }
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.state.join(LOG));
        // A write that fails is an event that a row misses.
        drop(file.and_then(|mut file| writeln!(file, "{}", event.to_line())));
    }

    fn save(&self, name: &str, value: &Value) {
        // As above.
        drop(std::fs::write(self.state.join(name), value.to_string()));
    }
}

impl Trigger {
    fn new(object: Value) -> Self {
        Self {
            object,
            turns: Arc::default(),
        }
    }

    pub(super) fn annotation(&self, name: &str) -> &str {
        self.object["metadata"]["annotations"][name]
            .as_str()
            .unwrap_or_default()
    }

    /// What lets one event of a key pass at a time.
    pub(super) fn turn(&self, key: &str) -> Arc<Turn<()>> {
        let mut turns = self
            .turns
            .lock()
            .expect("no code panics while it holds this lock");
        Arc::clone(turns.entry(key.to_owned()).or_default())
    }
}
