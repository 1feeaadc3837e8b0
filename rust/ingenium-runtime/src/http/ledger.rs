//! The talk between the tap and the service of one connection.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;

use super::framing::Refusal;

/// What the tap and the service of one connection tell each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    heads: VecDeque<Result<Bytes, Refusal>>,
    body: Option<Refusal>,
    /// The service works on a request.
    busy: bool,
    /// It works on one whose answer is a stream.
    streaming: bool,
}

impl Ledger {
    /// The head of the request that the service is asked about next, or why it was refused.
    pub(super) fn next_head(&self) -> Option<Result<Bytes, Refusal>> {
        let mut entries = self.lock();
        entries.busy = true;
        entries.heads.pop_front()
    }

    /// Queues a head for the service, or why it was refused.
    pub(super) fn push(&self, head: Result<Bytes, Refusal>) {
        self.lock().heads.push_back(head);
    }

    /// Says why the body in transit breaks off.
    pub(super) fn refuse_body(&self, refusal: Refusal) {
        self.lock().body = Some(refusal);
    }

    /// The service has answered.
    pub(super) fn answered(&self) {
        let mut entries = self.lock();
        entries.busy = false;
        entries.streaming = false;
    }

    /// The answer goes on until [`answered`](Self::answered).
    pub(super) fn begin_stream(&self) {
        self.lock().streaming = true;
    }

    /// Whether the answer that goes out is a stream.
    pub(super) fn is_streaming(&self) -> bool {
        self.lock().streaming
    }

    /// Whether the service has something to answer.
    pub(super) fn is_busy(&self) -> bool {
        let entries = self.lock();
        entries.busy || !entries.heads.is_empty()
    }

    /// Why the body that the service was reading has broken off.
    pub(super) fn body_refusal(&self) -> Option<Refusal> {
        self.lock().body.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0
            .lock()
            .expect("no code panics while it holds this lock")
    }
}
