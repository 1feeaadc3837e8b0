//! Several events in one request (CloudEvents batched content mode), where the trigger asks for that.

use tokio::sync::Semaphore;
use tracing::debug;

use super::attempt::attempt;
use super::manner::Manner;
use super::message::Message;
use super::{Tried, deliver, give_up, one_pass_less, settled};
use crate::core::{Core, Registered};
use crate::counts::Counted;
use crate::data_plane::{MAX_TTL, passes_left};
use crate::store::{Settlement, Shared, Submission};

/// Delivers events together, in their order. A recipient that refuses them so gets them one by one: a single event may
/// be what it refuses. The settlements, from the first event on; fewer than there are events when the broker stops or
/// the trigger is deleted.
pub(crate) async fn deliver_all(
    core: &Core,
    registered: &Registered,
    events: &[Shared],
    slots: &Semaphore,
) -> Vec<Settlement> {
    if events.len() < 2 {
        return one_by_one(core, registered, events, slots).await;
    }
    let open = Counted::new(&core.counters.open);
    let manner = Manner::of(core, registered);
    let message = Message::batch(core, events, &manner);
    let address = || registered.current().subscriber.clone();
    let attempts = tokio::select! {
        biased; // an answer that is there counts
        attempts = attempt(core, address, &manner, &message, slots) => attempts,
        () = registered.removed.requested() => None,
    };
    drop(open);
    let Some(attempts) = attempts else {
        return Vec::new();
    };
    let tried = (attempts.count, attempts.status);
    match attempts.result {
        Ok(reply) => accepted(core, registered, events, &manner, (tried, reply), slots).await,
        Err(failure) if attempts.is_refused => {
            debug!(
                reason = failure.reason,
                "batch refused, its events go one by one"
            );
            one_by_one(core, registered, events, slots).await
        }
        Err(failure) => {
            let mut settlements = Vec::with_capacity(events.len());
            for event in events {
                let why = (tried, failure.clone());
                match give_up(core, registered, event, &manner, why, slots).await {
                    Some(settlement) => settlements.push(settlement),
                    None => break,
                }
            }
            settlements
        }
    }
}

/// All are taken. Nobody knows which of them a reply answers: it has the passes of the one that has the fewest left, and
/// where that is none, that one is given up and the others are not.
async fn accepted(
    core: &Core,
    registered: &Registered,
    events: &[Shared],
    manner: &Manner,
    (tried, reply): (Tried, Option<Box<Submission>>),
    slots: &Semaphore,
) -> Vec<Settlement> {
    let left = |event: &Shared| passes_left(&event.event).unwrap_or(MAX_TTL);
    let Some(answered) = events.iter().min_by_key(|event| left(event)) else {
        return Vec::new();
    };
    let mut reply = Some(one_pass_less(reply, &answered.event, manner.profile));
    let mut settlements = Vec::with_capacity(events.len());
    for event in events {
        let is_answered = event.offset == answered.offset;
        let settlement = match reply.take_if(|_| is_answered) {
            None => settled(tried, None),
            Some(Ok(reply)) => settled(tried, reply),
            Some(Err(failure)) => {
                let why = (tried, failure);
                match give_up(core, registered, event, manner, why, slots).await {
                    Some(settlement) => settlement,
                    None => break,
                }
            }
        };
        settlements.push(settlement);
    }
    settlements
}

async fn one_by_one(
    core: &Core,
    registered: &Registered,
    events: &[Shared],
    slots: &Semaphore,
) -> Vec<Settlement> {
    let mut settlements = Vec::with_capacity(events.len());
    for event in events {
        match deliver(core, registered, event, slots).await {
            Some(settlement) => settlements.push(settlement),
            None => break,
        }
    }
    settlements
}
