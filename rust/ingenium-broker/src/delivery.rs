//! One delivery: attempts until it is accepted, refused or given up, and what each answer means.

mod answer;
mod dead_letter;

use bytes::Bytes;
use ingenium_contract::{CloudEvent, envelope};
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use self::answer::Meaning;
use crate::core::{Core, Registered};
use crate::counts::Counted;
use crate::store::{Settlement, State, StoredEvent, Submission};
use crate::trigger::Delivery;

/// An event as it goes out.
struct Message {
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Message {
    /// Binary mode: the attributes' text and the data's bytes as they came.
    fn new(event: &CloudEvent, namespace: &str) -> Self {
        let (mut headers, body) = envelope::to_binary(event);
        headers.push(("prefer".to_owned(), "reply".to_owned()));
        headers.push(("kn-namespace".to_owned(), namespace.to_owned()));
        Self { headers, body }
    }
}

/// All attempts of one delivery.
struct Attempts {
    count: u32,
    /// The status of the last answer, where there was one.
    status: Option<u16>,
    /// The reply, or why it was given up.
    result: Result<Option<Box<Submission>>, Failure>,
}

/// The last answer of a delivery that was given up.
struct Failure {
    reason: String,
    body: Bytes,
}

/// Delivers an event to a trigger's subscriber, or else to its dead letter sink. `None` when the broker stops or
/// the trigger is deleted first: the delivery is still open then.
pub(crate) async fn deliver(
    core: &Core,
    registered: &Registered,
    event: &StoredEvent,
    slots: &Semaphore,
) -> Option<Settlement> {
    let _open = Counted::new(&core.counters.open);
    let message = Message::new(&event.event, &core.config.namespace);
    let trigger = registered.current();
    let delivery = core.delivery_of(&trigger);
    let address = || registered.current().subscriber.clone();
    let attempts = tokio::select! {
        biased; // an answer that is there counts
        attempts = attempt(core, address, &delivery, &message, slots) => attempts?,
        () = registered.removed.requested() => return None,
    };
    let failure = match attempts.result {
        Ok(reply) => {
            return Some(Settlement {
                state: State::Settled,
                attempts: attempts.count,
                status: attempts.status,
                reason: String::new(),
                reply,
            });
        }
        Err(failure) => failure,
    };
    warn!(
        trigger = trigger.name,
        cloudevents.event_id = ?event.event.id,
        offset = event.offset,
        attempts = attempts.count,
        status = attempts.status,
        reason = failure.reason,
        "event given up"
    );
    let (reason, reply) = match &delivery.dead_letter_sink {
        None => (failure.reason, None),
        Some(sink) => {
            let letter =
                dead_letter::letter(&event.event, &address(), attempts.status, &failure.body);
            let message = Message::new(&letter, &core.config.namespace);
            let sent = attempt(core, || sink.clone(), &delivery, &message, slots).await?;
            match sent.result {
                Ok(reply) => (failure.reason, reply),
                Err(second) => {
                    let reason = format!("{}; dead letter sink: {}", failure.reason, second.reason);
                    (reason, None)
                }
            }
        }
    };
    Some(Settlement {
        state: State::DeadLetter,
        attempts: attempts.count,
        status: attempts.status,
        reason,
        reply,
    })
}

/// Attempts until one is decisive. The address is asked for each time: a subscriber may come back elsewhere.
async fn attempt(
    core: &Core,
    address: impl Fn() -> String,
    delivery: &Delivery,
    message: &Message,
    slots: &Semaphore,
) -> Option<Attempts> {
    let timeout = delivery.timeout.unwrap_or(core.config.limits.timeout);
    let mut count = 0;
    loop {
        if core.stop.is_requested() {
            return None;
        }
        count += 1;
        let uri = address();
        let sent = async {
            // Only an attempt holds a slot, the wait between two does not: a sick key leaves the others alone.
            let _slot = slots.acquire().await;
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
        let failure = match answer::meaning(sent) {
            Meaning::Accepted(reply) => {
                return Some(Attempts {
                    count,
                    status,
                    result: Ok(reply),
                });
            }
            Meaning::Refused(failure) => {
                return Some(Attempts {
                    count,
                    status,
                    result: Err(failure),
                });
            }
            Meaning::Failed(failure) if count > delivery.retry => {
                return Some(Attempts {
                    count,
                    status,
                    result: Err(failure),
                });
            }
            Meaning::Failed(failure) => failure,
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
            () = tokio::time::sleep(delivery.wait(count)) => {}
        }
    }
}
