//! Several events in one request (CloudEvents batched content mode), where the trigger asks for that.

use tokio::sync::Semaphore;
use tracing::debug;

use super::attempt::attempt;
use super::manner::Manner;
use super::message::Message;
use super::{deliver, give_up, one_pass_less, settled};
use crate::core::{Core, Registered};
use crate::counts::Counted;
use crate::store::{Settlement, Shared};

/// Delivers events together, in their order. A recipient that refuses them so gets them one by one: a single event may
/// be what it refuses. The settlements, from the first event on; fewer than there are events when the broker stops or
/// the trigger is deleted.
pub(crate) async fn deliver_all(
    core: &Core,
    registered: &Registered,
    events: &[Shared],
    slots: &Semaphore,
) -> Vec<Settlement> {
    let [first, rest @ ..] = events else {
        return Vec::new();
    };
    if rest.is_empty() {
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
    let reply = attempts
        .result
        .and_then(|reply| one_pass_less(reply, &first.event, manner.profile));
    match reply {
        Ok(reply) => {
            let mut settlements = vec![settled(tried, reply)];
            settlements.extend(rest.iter().map(|_| settled(tried, None)));
            settlements
        }
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
