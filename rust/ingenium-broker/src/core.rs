//! What the parts of a running broker share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use ingenium_runtime::http::client::Client;
use ingenium_runtime::shutdown::Shutdown;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::config::{Config, Mode};
use crate::counts::{Counters, count};
use crate::error::Error;
use crate::lateness::Lateness;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::store::{Command, Note, Notes, Reader, Rejected, State, reader};
use crate::trigger::{BrokerObject, Delivery, Invalid, Profile, Start, Trigger};

/// The key under which the store keeps that the broker object was deleted.
const DELETED: &str = "broker_deleted";

/// A trigger that deliveries are made for.
#[derive(Debug)]
pub(crate) struct Registered {
    current: Mutex<Arc<Trigger>>,
    /// Everything up to here is settled.
    pub(crate) position: AtomicU64,
    /// What was stored before the trigger asked for it: events up to here are replayed.
    pub(crate) replayed: u64,
    /// Mode `step`: the deliveries that it still has to get.
    pub(crate) pending: AtomicU64,
    /// Asked for when the trigger is deleted.
    pub(crate) removed: Shutdown,
}

impl Registered {
    pub(crate) fn new(trigger: Trigger, position: u64, replayed: u64) -> Self {
        Self {
            current: Mutex::new(Arc::new(trigger)),
            position: AtomicU64::new(position),
            replayed,
            pending: AtomicU64::new(0),
            removed: Shutdown::manual(),
        }
    }

    /// The trigger as it is now; its address may change between two attempts.
    pub(crate) fn current(&self) -> Arc<Trigger> {
        Arc::clone(&lock(&self.current))
    }

    fn replace(&self, trigger: Trigger) {
        *lock(&self.current) = Arc::new(trigger);
    }
}

/// The state of a running broker.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) client: Client,
    pub(crate) log: Arc<Log>,
    pub(crate) reader: Reader,
    /// Reads the disk for those who read along: they wait for each other and hold up no delivery.
    pub(crate) browser: Reader,
    /// Places for those who read along.
    pub(crate) readers: Arc<Semaphore>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) lateness: Option<Arc<Lateness>>,
    pub(crate) writer: mpsc::Sender<Command>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) failed: watch::Receiver<Option<String>>,
    pub(crate) broker: Mutex<BrokerObject>,
    triggers: Mutex<BTreeMap<String, Arc<Registered>>>,
    /// One change of triggers at a time.
    changing: tokio::sync::Mutex<()>,
    /// Counts the changes of triggers.
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) started: watch::Sender<bool>,
    pub(crate) input_ended: watch::Sender<bool>,
    /// Counts settled deliveries, for those who wait for the end of a run.
    pub(crate) progress: watch::Sender<u64>,
    /// Mode `step`: nothing is left to be done.
    pub(crate) step_done: AtomicBool,
    pub(crate) ready: AtomicBool,
    /// The broker object was deleted: nothing is taken until it is put again.
    deleted: AtomicBool,
    /// The trigger that retention waits for.
    pub(crate) retention_blocked_by: Mutex<Option<String>>,
    /// Ends dispatch and retention.
    pub(crate) stop: Shutdown,
}

/// What a core is put together from.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) log: Arc<Log>,
    pub(crate) reader: Reader,
    pub(crate) browser: Reader,
    pub(crate) counters: Arc<Counters>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) lateness: Option<Arc<Lateness>>,
    pub(crate) writer: mpsc::Sender<Command>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) failed: watch::Receiver<Option<String>>,
    pub(crate) broker: BrokerObject,
    pub(crate) triggers: BTreeMap<String, Arc<Registered>>,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            readers: Arc::new(Semaphore::new(parts.config.limits.readers)),
            browser: parts.browser,
            config: parts.config,
            client: Client::new(),
            log: parts.log,
            reader: parts.reader,
            counters: parts.counters,
            metrics: parts.metrics,
            lateness: parts.lateness,
            writer: parts.writer,
            notes: parts.notes,
            failed: parts.failed,
            broker: Mutex::new(parts.broker),
            triggers: Mutex::new(parts.triggers),
            changing: tokio::sync::Mutex::default(),
            changes: watch::Sender::new(0),
            started: watch::Sender::new(false),
            input_ended: watch::Sender::new(false),
            progress: watch::Sender::new(0),
            step_done: AtomicBool::new(false),
            ready: AtomicBool::new(false),
            deleted: AtomicBool::new(false),
            retention_blocked_by: Mutex::default(),
            stop: Shutdown::manual(),
        }
    }

    /// The triggers by name.
    pub(crate) fn triggers(&self) -> BTreeMap<String, Arc<Registered>> {
        lock(&self.triggers).clone()
    }

    /// The trigger with this name.
    pub(crate) fn trigger(&self, name: &str) -> Option<Arc<Registered>> {
        lock(&self.triggers).get(name).cloned()
    }

    /// Whose behaviour the broker has.
    pub(crate) fn profile(&self) -> Profile {
        lock(&self.broker).profile
    }

    /// How events are delivered for a trigger.
    pub(crate) fn delivery_of(&self, trigger: &Trigger) -> Delivery {
        // Knative: a trigger's own `delivery` replaces the broker's whole.
        let own = trigger.delivery.clone();
        own.unwrap_or_else(|| lock(&self.broker).delivery.clone())
    }

    /// Puts the broker object on disk, and in force. A run that has begun keeps its profile.
    pub(crate) async fn put_broker(&self, object: BrokerObject, text: String) -> Result<(), Error> {
        let is_running = matches!(self.config.mode, Mode::Step { .. }) && *self.started.borrow();
        let name = self.config.broker.clone();
        if is_running && object.profile != self.profile() {
            let object = format!("the class of broker `{name}`");
            return Err(Error::Running { object });
        }
        self.ask(|answer| Command::PutBroker {
            name,
            object: text,
            answer,
        })
        .await?;
        *lock(&self.broker) = object;
        self.set_existence(true).await
    }

    /// Adds or changes a trigger; true when it is new.
    pub(crate) async fn put_trigger(&self, trigger: Trigger) -> Result<bool, Error> {
        trigger.check()?;
        self.check_place(&trigger)?;
        let _one_at_a_time = self.changing.lock().await;
        let known = self.trigger(&trigger.name);
        let is_step = matches!(self.config.mode, Mode::Step { .. });
        if is_step && *self.started.borrow() {
            let same = known
                .as_ref()
                .is_some_and(|known| known.current().is_same_but_for_address(&trigger));
            if !same {
                return Err(Error::Running {
                    object: format!("trigger `{}`", trigger.name),
                });
            }
        }
        let head = self.log.head();
        // In mode `step` every trigger belongs to the run from its first event on; one that is known goes on.
        let (position, replayed) = if is_step || known.is_some() {
            (0, 0)
        } else {
            let position = self.position_of(&trigger.start()?, head).await?;
            (position, if position < head { head } else { 0 })
        };
        let (name, object) = (trigger.name.clone(), trigger.to_json().to_string());
        self.ask(|answer| Command::PutTrigger {
            name,
            object,
            position,
            replayed,
            answer,
        })
        .await?;
        match &known {
            Some(known) => known.replace(trigger),
            None => {
                let name = trigger.name.clone();
                let registered = Registered::new(trigger, position, replayed);
                lock(&self.triggers).insert(name, Arc::new(registered));
            }
        }
        self.changes.send_modify(|changes| *changes += 1);
        Ok(known.is_none())
    }

    /// The offset before the first event that a new trigger gets; `head` is the last there is.
    pub(crate) async fn position_of(&self, start: &Start, head: u64) -> Result<u64, Error> {
        Ok(match start {
            Start::Latest => head,
            Start::Earliest => self.log.first() - 1,
            Start::Offset(first) => (first - 1).min(head),
            Start::Time(time) => {
                let time = *time;
                // All of the log may be looked at: deliveries must not wait for that.
                let first = self
                    .browser
                    .query(move |connection| reader::first_from(connection, time));
                first.await?.map_or(head, |first| first - 1)
            }
        })
    }

    /// Whether there is a broker to send to.
    pub(crate) fn exists(&self) -> bool {
        !self.deleted.load(Ordering::Acquire)
    }

    /// Recalls whether an earlier process has deleted the broker object.
    pub(crate) async fn recall_existence(&self) -> Result<(), Error> {
        let recalled = self
            .reader
            .query(|connection| reader::meta(connection, DELETED))
            .await?;
        self.deleted
            .store(recalled.as_deref() == Some("true"), Ordering::Release);
        Ok(())
    }

    /// Says, for good, whether there is a broker to send to.
    pub(crate) async fn set_existence(&self, exists: bool) -> Result<(), Error> {
        let (key, value) = (DELETED.to_owned(), (!exists).to_string());
        self.ask(|answer| Command::SetMeta { key, value, answer })
            .await?;
        self.deleted.store(!exists, Ordering::Release);
        Ok(())
    }

    /// Deletes the broker object with its triggers; what is stored stays stored.
    pub(crate) async fn delete_broker(&self) -> Result<(), Error> {
        if matches!(self.config.mode, Mode::Step { .. }) && *self.started.borrow() {
            let object = format!("broker `{}`", self.config.broker);
            return Err(Error::Running { object });
        }
        self.set_existence(false).await?;
        let names: Vec<String> = self.triggers().into_keys().collect();
        for name in names {
            self.delete_trigger(&name).await?;
        }
        Ok(())
    }

    /// Removes a trigger; false when there is none.
    pub(crate) async fn delete_trigger(&self, name: &str) -> Result<bool, Error> {
        let _one_at_a_time = self.changing.lock().await;
        if self.trigger(name).is_none() {
            return Ok(false);
        }
        if matches!(self.config.mode, Mode::Step { .. }) && *self.started.borrow() {
            return Err(Error::Running {
                object: format!("trigger `{name}`"),
            });
        }
        // Dispatch stops first: what it notes afterwards would outlive the trigger.
        if let Some(removed) = lock(&self.triggers).remove(name) {
            removed.removed.request();
        }
        let name = name.to_owned();
        self.ask(|answer| Command::DeleteTrigger { name, answer })
            .await?;
        self.changes.send_modify(|changes| *changes += 1);
        Ok(true)
    }

    fn check_place(&self, trigger: &Trigger) -> Result<(), Invalid> {
        let places = [
            (
                "metadata.namespace",
                &trigger.namespace,
                &self.config.namespace,
            ),
            ("spec.broker", &trigger.broker, &self.config.broker),
        ];
        for (field, found, wanted) in places {
            if found != wanted {
                return Err(Invalid {
                    field: field.to_owned(),
                    problem: format!("`{}` is not served here", found.escape_debug()),
                    fix: format!("use `{wanted}`"),
                });
            }
        }
        Ok(())
    }

    /// Asks the writer and waits until it is on disk.
    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Rejected>>) -> Command,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let gone = |_| Error::Unavailable {
            reason: "the broker is stopping".to_owned(),
        };
        self.writer
            .send(command(answer))
            .await
            .map_err(|_| gone(()))?;
        match answered.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Rejected::Unavailable(reason))) => Err(Error::Unavailable { reason }),
            Ok(Err(Rejected::Conflict(offset))) => Err(Error::Unavailable {
                reason: format!("the event conflicts with that at offset {offset}"),
            }),
            Err(_) => Err(gone(())),
        }
    }

    /// Leaves a note for the next commit.
    pub(crate) async fn note(&self, note: Note) {
        self.notes.add(note, &self.writer).await;
    }

    /// Counts a delivery that is over.
    pub(crate) fn settled(&self, trigger: &str, state: State) {
        let (counter, result) = match state {
            State::Settled => (&self.counters.delivered, "settled"),
            State::DeadLetter => (&self.counters.dead_letters, "dead_letter"),
        };
        count(counter);
        self.metrics.delivered(trigger, result);
    }

    /// Resolves when open deliveries have had their time after a stop.
    pub(crate) async fn given_up(&self) {
        self.stop.requested().await;
        tokio::time::sleep(self.config.limits.drain).await;
    }

    /// A delivery is settled.
    pub(crate) fn progressed(&self) {
        self.progress.send_modify(|progress| *progress += 1);
    }

    /// For each trigger, how much it is behind.
    pub(crate) fn lag(&self) -> BTreeMap<String, u64> {
        let head = self.log.head();
        let triggers = self.triggers();
        let lag = triggers.into_iter().map(|(name, trigger)| {
            let lag = match self.config.mode {
                Mode::Step { .. } => trigger.pending.load(Ordering::Relaxed),
                Mode::Fifo => head.saturating_sub(trigger.position.load(Ordering::Acquire)),
            };
            (name, lag)
        });
        lag.collect()
    }
}

/// Locks what no code panics under.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .expect("no code panics while it holds this lock")
}
