//! What waits for the next commit.

use std::mem;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::command::{Command, Note};
use crate::core::lock;

/// Notes are written without an event to ride with when so many wait.
const DUE: usize = 2048;

/// The most notes that wait: while the disk takes none, deliveries do not end.
const MOST: usize = 4 * DUE;

/// How long a full list is left alone before the disk is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// The notes that are not on disk. They take no place in the queue of those who wait for an answer.
#[derive(Debug)]
pub(crate) struct Notes {
    waiting: Mutex<Vec<Note>>,
    room: Semaphore,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            room: Semaphore::new(MOST),
        }
    }
}

impl Notes {
    /// Adds a note when there is room. When the writer has ended it is lost, as notes may be.
    pub(crate) async fn add(&self, note: Note, writer: &mpsc::Sender<Command>) {
        loop {
            match timeout(PAUSE, self.room.acquire()).await {
                Ok(Ok(room)) => {
                    room.forget();
                    break;
                }
                // Nobody closes it.
                Ok(Err(_)) => return,
                Err(_) => {
                    if writer.send(Command::Write).await.is_err() {
                        return;
                    }
                }
            }
        }
        let mut waiting = lock(&self.waiting);
        waiting.push(note);
        let is_due = waiting.len().is_multiple_of(DUE);
        drop(waiting);
        if is_due {
            // A queue that is full is about to be written.
            drop(writer.try_send(Command::Write));
        }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        MOST.saturating_sub(self.room.available_permits())
    }

    /// All that wait now.
    pub(super) fn take(&self) -> Vec<Note> {
        mem::take(&mut lock(&self.waiting))
    }

    /// So many are on disk, or lost with it.
    pub(super) fn make_room(&self, count: usize) {
        self.room.add_permits(count);
    }
}
