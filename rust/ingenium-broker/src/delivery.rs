//! One delivery: attempts until it is accepted, refused or given up, and what each answer means.

mod answer;
mod attempt;
mod batch;
mod dead_letter;
mod manner;
mod message;

use ingenium_contract::CloudEvent;
use ingenium_runtime::clock;
use tokio::sync::Semaphore;
use tracing::warn;

use self::attempt::{Failure, attempt};
use self::manner::Manner;
use self::message::Message;
use crate::core::{Core, Registered};
use crate::counts::Counted;
use crate::data_plane::{MAX_TTL, TTL, passes_left};
use crate::store::{Settlement, State, StoredEvent, Submission};
use crate::trigger::Profile;

pub(crate) use batch::deliver_all;

/// Delivers an event to a trigger's subscriber, or else to its dead letter sink. `None` when the broker stops or
/// the trigger is deleted first: the delivery is still open then.
pub(crate) async fn deliver(
    core: &Core,
    registered: &Registered,
    event: &StoredEvent,
    slots: &Semaphore,
) -> Option<Settlement> {
    let _open = Counted::new(&core.counters.open);
    let manner = Manner::of(core, registered);
    let message = Message::new(core, &event.event, event, &manner);
    let address = || registered.current().subscriber.clone();
    let attempts = tokio::select! {
        biased; // an answer that is there counts
        attempts = attempt(core, address, &manner, &message, slots) => attempts?,
        () = registered.removed.requested() => return None,
    };
    let tried = (attempts.count, attempts.status);
    let reply = attempts
        .result
        .and_then(|reply| one_pass_less(reply, &event.event, manner.profile));
    match reply {
        Ok(reply) => Some(settled(tried, reply)),
        Err(failure) => give_up(core, registered, event, &manner, (tried, failure), slots).await,
    }
}

/// How often a delivery was tried, and the status of the last answer.
type Tried = (u32, Option<u16>);

fn settled((attempts, status): Tried, reply: Option<Box<Submission>>) -> Settlement {
    Settlement {
        state: State::Settled,
        attempts,
        status,
        reason: String::new(),
        reply,
    }
}

/// Sends an event that nobody took to the dead letter sink, where there is one.
async fn give_up(
    core: &Core,
    registered: &Registered,
    event: &StoredEvent,
    manner: &Manner,
    ((attempts, status), failure): (Tried, Failure),
    slots: &Semaphore,
) -> Option<Settlement> {
    let trigger = registered.current();
    warn!(
        trigger = trigger.name,
        cloudevents.event_id = ?event.event.id,
        offset = event.offset,
        attempts,
        status,
        reason = failure.reason,
        "event given up"
    );
    let (reason, reply) = match &manner.delivery.dead_letter_sink {
        None => (failure.reason, None),
        Some(sink) => {
            let letter = dead_letter::letter(
                &event.event,
                &trigger.subscriber,
                status,
                &failure,
                manner.profile,
            );
            let message = Message::new(core, &letter, event, manner);
            let sent = attempt(core, || sink.clone(), manner, &message, slots).await?;
            let reply = sent
                .result
                .and_then(|reply| one_pass_less(reply, &event.event, manner.profile));
            match reply {
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
        attempts,
        status,
        reason,
        reply,
    })
}

/// The reply with the passes through the broker that are left to it. One that has none left would go round for ever.
fn one_pass_less(
    reply: Option<Box<Submission>>,
    event: &CloudEvent,
    profile: Profile,
) -> Result<Option<Box<Submission>>, Failure> {
    let Some(mut reply) = reply else {
        return Ok(None);
    };
    if profile.ends_loops() {
        let left = passes_left(event).unwrap_or(MAX_TTL).saturating_sub(1);
        if left <= 0 {
            return Err(Failure {
                reason: format!("the reply is the {MAX_TTL}th of a loop"),
                ..Failure::default()
            });
        }
        reply.event.set_extension(TTL, left);
    }
    profile.let_in(&mut reply, clock::now());
    Ok(Some(reply))
}
