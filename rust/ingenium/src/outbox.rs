//! The rows of the outbox on their way: sent one after another, in order.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::store::Row;

/// Rows that wait for the sink, and how far the sender has come.
#[derive(Debug)]
pub struct Queue {
    rows: Mutex<VecDeque<Row>>,
    filled: Notify,
    done: watch::Sender<i64>,
}

impl Default for Queue {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Queue {
    /// A queue with the rows that an earlier process left unsent.
    #[must_use]
    pub fn new(pending: Vec<Row>) -> Self {
        let before = pending.first().map_or(0, |row| row.seq - 1);
        Self {
            rows: Mutex::new(pending.into()),
            filled: Notify::new(),
            done: watch::Sender::new(before),
        }
    }

    /// Adds rows; callers add in the order of their `seq`.
    pub fn push(&self, rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        self.lock().extend(rows);
        self.filled.notify_one();
    }

    /// The next row to send, when there is one.
    pub async fn front(&self) -> Row {
        loop {
            if let Some(row) = self.lock().front() {
                return row.clone();
            }
            self.filled.notified().await;
        }
    }

    /// The front row is settled.
    pub fn settle(&self, seq: i64) {
        let mut rows = self.lock();
        if rows.front().is_some_and(|row| row.seq == seq) {
            rows.pop_front();
        }
        drop(rows);
        self.done.send_replace(seq);
    }

    /// Everything up to this row is settled.
    #[must_use]
    pub fn settled(&self) -> i64 {
        *self.done.borrow()
    }

    /// The last row that `cause` has waiting here.
    #[must_use]
    pub fn last_of(&self, source: &str, id: &str) -> Option<i64> {
        self.lock()
            .iter()
            .rev()
            .find(|row| row.cause_source == source && row.cause_id == id)
            .map(|row| row.seq)
    }

    /// How many rows wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Waits until everything up to `seq` is settled; false when that takes longer than `patience`.
    pub async fn wait(&self, seq: i64, patience: Duration) -> bool {
        let mut done = self.done.subscribe();
        let settled = done.wait_for(|done| *done >= seq);
        matches!(tokio::time::timeout(patience, settled).await, Ok(Ok(_)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Row>> {
        self.rows
            .lock()
            .expect("no code panics while it holds this lock")
    }
}
