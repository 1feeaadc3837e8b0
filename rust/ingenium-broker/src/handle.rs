//! A running broker, as its owner sees it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ingenium_runtime::shutdown::Shutdown;
use tokio::task::JoinHandle;
use tracing::{error, info};

use crate::config::Mode;
use crate::core::{Core, lock};
use crate::counts::Counts;
use crate::error::Error;
use crate::store::{Command, DeadLetter, Lock, StoredEvent, reader};
use crate::trigger::Trigger;

/// How many events are read at a time for a caller that wants all.
const READ: usize = 512;

/// A running broker. [`shutdown`](Self::shutdown) ends it; dropping the handle leaves that to the runtime's end.
#[derive(Debug)]
#[must_use]
pub struct Handle {
    pub(crate) core: Arc<Core>,
    pub(crate) server_stop: Shutdown,
    pub(crate) serving: JoinHandle<()>,
    pub(crate) dispatching: JoinHandle<()>,
    pub(crate) retaining: Option<JoinHandle<()>>,
    pub(crate) writing: JoinHandle<()>,
    pub(crate) _file_lock: Lock,
}

impl Handle {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.core.config.listen
    }

    /// Adds a trigger, or changes one, which keeps its position. Returns when that is on disk.
    ///
    /// # Errors
    /// When the trigger cannot be used, or would change a run in step order.
    pub async fn apply_trigger(&self, trigger: Trigger) -> Result<(), Error> {
        self.core.put_trigger(trigger).await.map(|_| ())
    }

    /// Deletes a trigger; false when there is none.
    ///
    /// # Errors
    /// When that would change a run in step order, or the store fails.
    pub async fn delete_trigger(&self, name: &str) -> Result<bool, Error> {
        self.core.delete_trigger(name).await
    }

    /// Starts deliveries: all subscribers are ready. A second call changes nothing.
    pub fn start_dispatch(&self) {
        self.core.started.send_replace(true);
    }

    /// Says that the input is complete: its last step closes.
    pub fn end_input(&self) {
        self.core.input_ended.send_replace(true);
        self.core.progressed();
    }

    /// Resolves when the input has ended and every delivery is settled and on disk.
    pub async fn wait_done(&self) {
        let mut progress = self.core.progress.subscribe();
        while !self.is_done() {
            // The sender lives in the core.
            drop(progress.changed().await);
        }
        // Settlements are written behind dispatch: everything is on disk when this is through.
        if let Err(error) = self.flush().await {
            error!(error = %error, "settlements not written");
        }
    }

    /// Resolves with the reason when the disk has failed for good: nothing is taken or delivered after that.
    pub async fn wait_failed(&self) -> String {
        let mut failed = self.core.failed.clone();
        let reason = failed.wait_for(Option::is_some).await;
        match reason.map(|reason| reason.clone()) {
            Ok(Some(reason)) => reason,
            // The writer ended without a failure: there will be none.
            _ => std::future::pending().await,
        }
    }

    fn is_done(&self) -> bool {
        match &self.core.config.mode {
            Mode::Step { .. } => self.core.step_done.load(Ordering::Acquire),
            Mode::Fifo => {
                *self.core.input_ended.borrow() && self.core.lag().values().all(|lag| *lag == 0)
            }
        }
    }

    /// The totals so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.core.counters.read()
    }

    /// For each trigger, how many events it still has to get (mode `step`) or to pass (mode `fifo`).
    #[must_use]
    pub fn lag(&self) -> BTreeMap<String, u64> {
        self.core.lag()
    }

    /// The trigger that has not settled what retention would remove.
    #[must_use]
    pub fn retention_blocked_by(&self) -> Option<String> {
        lock(&self.core.retention_blocked_by).clone()
    }

    /// The deliveries that were given up, in log order; those of events that retention has removed are gone with them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, Error> {
        self.flush().await?;
        self.core.reader.query(reader::dead_letters).await
    }

    /// Calls `each` for every event that is stored now, in log order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn for_each_event(&self, mut each: impl FnMut(&StoredEvent)) -> Result<(), Error> {
        let last = self.core.log.head();
        let mut next = 1;
        while next <= last {
            for event in self.core.log.read(next, READ).await? {
                next = event.offset + 1;
                if event.offset <= last {
                    each(&event);
                }
            }
        }
        Ok(())
    }

    /// A value that the owner keeps in the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn meta_get(&self, key: &str) -> Result<Option<String>, Error> {
        let key = owned_key(key);
        self.core
            .reader
            .query(move |connection| reader::meta(connection, &key))
            .await
    }

    /// Keeps a value in the store. Returns when it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn meta_set(&self, key: &str, value: &str) -> Result<(), Error> {
        let (key, value) = (owned_key(key), value.to_owned());
        self.core
            .ask(|answer| Command::SetMeta { key, value, answer })
            .await
    }

    /// Stops: readiness ends, open deliveries and requests have their time, and everything is on disk.
    pub async fn shutdown(self) {
        self.core.ready.store(false, Ordering::Release);
        // Dispatch first: subscribers that finish a delivery still have to send what came of it.
        self.core.stop.request();
        report(self.dispatching.await);
        if let Some(retaining) = self.retaining {
            report(retaining.await);
        }
        self.server_stop.request();
        report(self.serving.await);
        drop(self.core.writer.send(Command::Close).await);
        report(self.writing.await);
        info!("broker stopped");
    }

    async fn flush(&self) -> Result<(), Error> {
        self.core.ask(|answer| Command::Flush { answer }).await
    }
}

/// The owner's keys cannot meet the broker's own.
fn owned_key(key: &str) -> String {
    format!("owner/{key}")
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        error!(error = %error, "a part of the broker failed");
    }
}
