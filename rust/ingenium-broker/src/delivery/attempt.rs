//! Attempts until one is decisive.

use bytes::Bytes;
use tokio::sync::Semaphore;
use tracing::debug;

use super::answer::{self, Meaning};
use super::manner::Manner;
use super::message::Message;
use crate::core::Core;
use crate::store::Submission;

/// All attempts of one delivery.
pub(super) struct Attempts {
    pub(super) count: u32,
    /// The status of the last answer, where there was one.
    pub(super) status: Option<u16>,
    /// The recipient has refused: another attempt would end as the last.
    pub(super) is_refused: bool,
    /// The reply, or why it was given up.
    pub(super) result: Result<Option<Box<Submission>>, Failure>,
}

/// The last answer of a delivery that was given up.
#[derive(Debug, Clone, Default)]
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Bytes,
}

/// Attempts until one is decisive. The address is asked for each time: a subscriber may come back elsewhere.
pub(super) async fn attempt(
    core: &Core,
    address: impl Fn() -> String,
    manner: &Manner,
    message: &Message,
    slots: &Semaphore,
) -> Option<Attempts> {
    let usual = manner.profile.timeout(core.config.limits.timeout);
    let timeout = manner.delivery.timeout.unwrap_or(usual);
    let mut count = 0;
    loop {
        if core.stop.is_requested() {
            return None;
        }
        count += 1;
        let uri = address();
        // Only an attempt holds a slot, the wait between two does not: a sick key leaves the others alone.
        let slot = tokio::select! {
            biased; // what has not begun when the broker stops is left to the next process
            () = core.stop.requested() => return None,
            slot = slots.acquire() => slot,
        };
        let sent = async {
            let _slot = slot;
            core.client
                .send(
                    "POST",
                    &uri,
                    &message.headers,
                    message.body.clone(),
                    timeout,
                )
                .await
        };
        let sent = tokio::select! {
            biased; // an answer that is there counts
            sent = sent => sent,
            () = core.given_up() => return None,
        };
        let status = sent.as_ref().ok().map(|answer| answer.status);
        let over = |is_refused, result| {
            Some(Attempts {
                count,
                status,
                is_refused,
                result,
            })
        };
        let (failure, asked) = match answer::meaning(sent, manner.profile) {
            Meaning::Accepted(reply) => return over(false, Ok(reply)),
            Meaning::Refused(failure) => return over(true, Err(failure)),
            Meaning::Failed(failure, _) if count > manner.retries() => {
                return over(false, Err(failure));
            }
            Meaning::Failed(failure, asked) => (failure, asked),
        };
        debug!(
            uri,
            attempts = count,
            reason = failure.reason,
            "delivery failed, retrying"
        );
        tokio::select! {
            biased; // a stopping broker waits for nobody
            () = core.stop.requested() => return None,
            () = tokio::time::sleep(manner.wait(count, asked)) => {}
        }
        core.metrics.retried(&manner.trigger.name);
    }
}
