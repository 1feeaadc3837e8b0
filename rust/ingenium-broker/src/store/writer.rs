//! The one writer: everything that waits goes into one transaction, one sync, then the answers (group commit).

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, watch};
use tracing::error;

use super::command::{Command, Note, Rejected, State};
use super::transaction::{Done, apply, into_answer, set_meta, write_note};
use crate::counts::{Counters, count};
use crate::log::Log;
use crate::metrics::Metrics;

/// The most requests of one commit: beyond this a commit takes longer without storing more per second.
const BATCH: usize = 256;

/// Notes are written without an event to ride with when so many wait.
const NOTES: usize = 2048;

/// How long the disk is left alone when it takes nothing and too many notes wait.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// The key in `meta` of the number of late events.
pub(crate) const LATE: &str = "late";

/// Says whether an event of this source is late if it is stored now.
pub(crate) type LateRule = Box<dyn Fn(&str) -> bool + Send>;

/// Owns the connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    log: Arc<Log>,
    counters: Arc<Counters>,
    metrics: Arc<Metrics>,
    is_late: LateRule,
    late: u64,
    failed: watch::Sender<Option<String>>,
    /// Wait for the next commit.
    notes: Vec<Note>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        log: Arc<Log>,
        counters: Arc<Counters>,
        metrics: Arc<Metrics>,
        is_late: LateRule,
        failed: watch::Sender<Option<String>>,
    ) -> Self {
        let late = counters.read().late;
        Self {
            connection,
            log,
            counters,
            metrics,
            is_late,
            late,
            failed,
            notes: Vec::new(),
        }
    }

    /// Writes until nobody can ask any more; runs on a thread of its own.
    pub(crate) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut open = true;
        while open && let Some(first) = commands.blocking_recv() {
            let mut batch = Vec::new();
            open &= self.take(first, &mut batch);
            // While the disk takes nothing, notes pile up: they are taken slowly then, and the queue fills instead.
            let most = if self.notes.len() > NOTES { 0 } else { BATCH };
            while open
                && batch.len() < most
                && let Ok(next) = commands.try_recv()
            {
                open &= self.take(next, &mut batch);
            }
            if !batch.is_empty() || self.notes.len() > NOTES {
                self.commit(batch);
            }
        }
        self.commit(Vec::new());
        // Leaves one file behind, readable by anything; when it fails the log beside it says the same.
        let checkpoint = self
            .connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        if let Err(error) = checkpoint {
            error!(error = %error, "write-ahead log not folded into the file");
        }
    }

    /// Keeps notes for the next commit; everything else asks for one. False when nothing is to follow.
    fn take(&mut self, command: Command, batch: &mut Vec<Command>) -> bool {
        match command {
            Command::Close => return false,
            Command::Note(note) => {
                if let Note::Settled {
                    trigger,
                    settlement,
                    ..
                } = &note
                {
                    self.count_settled(trigger, settlement.state, settlement.attempts);
                }
                self.notes.push(note);
            }
            command => batch.push(command),
        }
        true
    }

    fn commit(&mut self, batch: Vec<Command>) {
        if let Some(reason) = self.failed.borrow().clone() {
            self.notes.clear();
            refuse(batch, &Rejected::Unavailable(reason));
            return;
        }
        let mut done = Done::default();
        let started = tokio::time::Instant::now();
        match self.write(batch, &mut done) {
            Ok(()) => {
                self.notes.clear();
                self.late += done.late;
                self.counters
                    .late
                    .store(self.late, std::sync::atomic::Ordering::Relaxed);
                for over in done.settled {
                    self.count_settled(&over.trigger, over.state, over.attempts);
                }
                self.metrics.stored.inc_by(done.stored.len() as u64);
                self.metrics.known.inc_by(done.known);
                self.metrics.removed.inc_by(done.removed);
                if !done.stored.is_empty() {
                    self.metrics.committed(started.elapsed());
                }
                for _ in &done.stored {
                    count(&self.counters.stored);
                }
                self.log.append(done.stored);
                if let Some(first) = done.first {
                    self.log.set_first(first);
                }
                self.counters
                    .removed
                    .fetch_add(done.removed, std::sync::atomic::Ordering::Relaxed);
                for answer in done.answers {
                    answer(None);
                }
            }
            Err(error) => {
                let reason = error.to_string();
                self.metrics.commit_failures.inc();
                error!(
                    path = self.connection.path(),
                    error = %reason,
                    "events are not stored and not acknowledged, senders retry: free space on this disk"
                );
                if is_final(&error) {
                    self.failed.send_replace(Some(reason.clone()));
                }
                let rejected = Rejected::Unavailable(reason);
                for answer in done.answers {
                    answer(Some(&rejected));
                }
                if self.notes.len() > NOTES {
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    fn count_settled(&self, trigger: &str, state: State, attempts: u32) {
        let (counter, result) = match state {
            State::Settled => (&self.counters.delivered, "settled"),
            State::DeadLetter => (&self.counters.dead_letters, "dead_letter"),
        };
        count(counter);
        self.metrics.delivered(trigger, result, attempts);
    }

    fn write(&mut self, batch: Vec<Command>, done: &mut Done) -> rusqlite::Result<()> {
        let mut batch = batch.into_iter();
        let written = (|| {
            let transaction = self.connection.transaction()?;
            for note in &self.notes {
                write_note(&transaction, note)?;
            }
            let mut head = self.log.head();
            for command in batch.by_ref() {
                apply(&transaction, command, &mut head, done, &self.is_late)?;
            }
            if done.late > 0 {
                set_meta(&transaction, LATE, &(self.late + done.late).to_string())?;
            }
            transaction.commit()
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

fn refuse(batch: Vec<Command>, rejected: &Rejected) {
    for command in batch {
        into_answer(command)(Some(rejected));
    }
}
