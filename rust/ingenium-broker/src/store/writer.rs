//! The one writer: everything that waits goes into one transaction, one sync, then the answers (group commit).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::error;

use super::command::{Command, Note, Rejected};
use super::herald::{self, Word};
use super::notes::Notes;
use super::transaction::{Done, apply, into_answer, set_meta, write_note};
use crate::counts::Counters;
use crate::log::Log;
use crate::metrics::Metrics;

/// The most requests of one commit: beyond this a commit takes longer without storing more per second.
const BATCH: usize = 256;

/// The key in `meta` of the number of late events.
pub(crate) const LATE: &str = "late";

/// Says whether an event of this source is late if it is stored now.
pub(crate) type LateRule = Box<dyn Fn(&str) -> bool + Send>;

/// Owns the connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    log: Arc<Log>,
    waiting: Arc<Notes>,
    counters: Arc<Counters>,
    metrics: Arc<Metrics>,
    is_late: LateRule,
    late: u64,
    failed: watch::Sender<Option<String>>,
    /// The last offset that is on disk.
    head: u64,
    /// For the next commit.
    notes: Vec<Note>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        log: Arc<Log>,
        waiting: Arc<Notes>,
        counters: Arc<Counters>,
        metrics: Arc<Metrics>,
        is_late: LateRule,
        failed: watch::Sender<Option<String>>,
    ) -> Self {
        let late = counters.read().late;
        Self {
            connection,
            head: log.head(),
            log,
            waiting,
            counters,
            metrics,
            is_late,
            late,
            failed,
            notes: Vec::new(),
        }
    }

    /// Writes on a thread of its own until nobody can ask any more, and ends when the last answer is given.
    pub(crate) fn start(self, commands: mpsc::Receiver<Command>) -> JoinHandle<()> {
        let (words, told) = mpsc::unbounded_channel();
        let telling = tokio::spawn(herald::tell(Arc::clone(&self.log), told));
        let writing = tokio::task::spawn_blocking(move || self.run(commands, &words));
        tokio::spawn(async move {
            for ended in [writing.await, telling.await] {
                if let Err(error) = ended {
                    error!(error = %error, "a part of the store failed");
                }
            }
        })
    }

    fn run(mut self, mut commands: mpsc::Receiver<Command>, words: &mpsc::UnboundedSender<Word>) {
        let mut open = true;
        while open && let Some(first) = commands.blocking_recv() {
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some(command) = next.take() {
                if matches!(command, Command::Close) {
                    open = false;
                    break;
                }
                batch.push(command);
                if batch.len() < BATCH {
                    next = commands.try_recv().ok();
                }
            }
            if open || !batch.is_empty() {
                self.commit(batch, words);
            }
        }
        self.commit(Vec::new(), words);
        // Leaves one file behind, readable by anything; when it fails the log beside it says the same.
        let checkpoint = self
            .connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        if let Err(error) = checkpoint {
            error!(error = %error, "write-ahead log not folded into the file");
        }
    }

    /// The notes are on disk, or need not be any more.
    fn clear_notes(&mut self) {
        self.waiting.make_room(self.notes.len());
        self.notes.clear();
    }

    fn commit(&mut self, batch: Vec<Command>, words: &mpsc::UnboundedSender<Word>) {
        self.notes.extend(self.waiting.take());
        // Nobody listens any more where the runtime ends before the broker does.
        let tell = |word| drop(words.send(word));
        let failed = self.failed.borrow().clone();
        if let Some(reason) = failed {
            self.clear_notes();
            return tell(Word {
                stored: Vec::new(),
                first: None,
                answers: batch.into_iter().map(into_answer).collect(),
                rejected: Some(Rejected::Unavailable(reason)),
            });
        }
        let mut done = Done::default();
        let started = tokio::time::Instant::now();
        let rejected = match self.write(batch, &mut done) {
            Ok(head) => {
                self.head = head;
                self.clear_notes();
                self.count(&done, started.elapsed());
                None
            }
            Err(error) => {
                (done.stored, done.first) = (Vec::new(), None);
                Some(self.reject(&error))
            }
        };
        tell(Word {
            stored: done.stored,
            first: done.first,
            answers: done.answers,
            rejected,
        });
    }

    /// Counts what is on disk now.
    fn count(&mut self, done: &Done, took: Duration) {
        self.late += done.late;
        self.counters.late.store(self.late, Ordering::Relaxed);
        let stored = done.stored.len() as u64;
        self.metrics.stored.inc_by(stored);
        self.metrics.known.inc_by(done.known);
        self.metrics.removed.inc_by(done.removed);
        if stored > 0 {
            self.metrics.committed(took);
        }
        self.counters.stored.fetch_add(stored, Ordering::Relaxed);
        self.counters
            .removed
            .fetch_add(done.removed, Ordering::Relaxed);
    }

    /// The disk has not taken a commit; its notes wait for the next.
    fn reject(&self, error: &rusqlite::Error) -> Rejected {
        let reason = error.to_string();
        self.metrics.commit_failures.inc();
        error!(
            path = self.connection.path(),
            error = %reason,
            "events are not stored and not acknowledged, senders retry: free space on this disk"
        );
        if is_final(error) {
            self.failed.send_replace(Some(reason.clone()));
        }
        Rejected::Unavailable(reason)
    }

    /// The last offset that is on disk then.
    fn write(&mut self, batch: Vec<Command>, done: &mut Done) -> rusqlite::Result<u64> {
        let mut batch = batch.into_iter();
        let written = (|| {
            let transaction = self.connection.transaction()?;
            for note in &self.notes {
                write_note(&transaction, note)?;
            }
            let mut head = self.head;
            for command in batch.by_ref() {
                apply(&transaction, command, &mut head, done, &self.is_late)?;
            }
            if done.late > 0 {
                set_meta(&transaction, LATE, &(self.late + done.late).to_string())?;
            }
            transaction.commit()?;
            Ok(head)
        })();
        // Those that the transaction did not come to are answered with the others.
        done.answers.extend(batch.map(into_answer));
        written
    }
}

/// After these the file's content is not known any more: nothing may be built on it (a failed sync drops the pages
/// that it could not write, and the next sync succeeds without them).
fn is_final(error: &rusqlite::Error) -> bool {
    let Some(failure) = error.sqlite_error() else {
        return false;
    };
    matches!(
        failure.code,
        rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
    ) || matches!(
        failure.extended_code,
        rusqlite::ffi::SQLITE_IOERR_FSYNC | rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC
    )
}
