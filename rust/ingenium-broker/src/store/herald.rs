//! Says what is on disk, on the side of those who wait for it.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::command::Rejected;
use super::record::Shared;
use super::transaction::Answer;
use crate::log::Log;

/// What a commit has to say. It is one message: each wake of another thread is a system call, and a commit answers
/// hundreds.
pub(super) struct Word {
    pub(super) stored: Vec<Shared>,
    /// The first offset that is kept, where retention has looked.
    pub(super) first: Option<u64>,
    pub(super) answers: Vec<Answer>,
    /// Why nothing is on disk.
    pub(super) rejected: Option<Rejected>,
}

/// Tells in the order of the commits: first the log, then those who have asked.
pub(super) async fn tell(log: Arc<Log>, mut words: mpsc::UnboundedReceiver<Word>) {
    while let Some(word) = words.recv().await {
        log.append(word.stored);
        if let Some(first) = word.first {
            log.set_first(first);
        }
        for answer in word.answers {
            answer(word.rejected.as_ref());
        }
    }
}
