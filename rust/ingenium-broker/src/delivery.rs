//! One delivery: attempts until it is accepted, refused or given up, and what each answer means.

mod answer;
mod dead_letter;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use ingenium_contract::{CloudEvent, envelope};
use ingenium_runtime::{backoff, clock};
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use self::answer::Meaning;
use crate::core::{Core, Registered};
use crate::counts::Counted;
use crate::data_plane::{MAX_TTL, TTL, passes_left};
use crate::store::{Settlement, State, StoredEvent, Submission};
use crate::trigger::{Delivery, Format, Profile};

/// The extension of events that were stored before their trigger asked for them. Live executors refuse it.
const REPLAY: &str = "ingeniumreplay";

/// An event as it goes out.
struct Message {
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Message {
    /// The attributes' text and the data's bytes as they came, and what the broker adds. The event has gone out of the
    /// broker then: its count of passes is none of the recipient's business.
    fn new(core: &Core, event: &CloudEvent, stored: &StoredEvent, manner: &Manner) -> Self {
        let is_replayed = stored.offset <= manner.replayed;
        let event = if is_replayed || event.extension(TTL).is_some() {
            let mut event = event.clone();
            event.remove_extension(TTL);
            if is_replayed {
                event.set_extension(REPLAY, "true");
            }
            Cow::Owned(event)
        } else {
            Cow::Borrowed(event)
        };
        let event = event.as_ref();
        let format = manner.delivery.format.unwrap_or(Format::Binary);
        let is_structured =
            format == Format::Json && manner.profile.honours_format_and_retry_after();
        let (mut headers, body) = if is_structured {
            let media_type = ("content-type".to_owned(), envelope::STRUCTURED.to_owned());
            (vec![media_type], envelope::to_structured(event).into())
        } else {
            envelope::to_binary(event)
        };
        headers.push(("prefer".to_owned(), "reply".to_owned()));
        headers.push(("kn-namespace".to_owned(), core.config.namespace.clone()));
        headers.extend(manner.profile.delivery_headers(event, stored.offset));
        let trace = stored.trace.iter();
        headers.extend(trace.map(|(name, value)| ((*name).to_owned(), value.clone())));
        Self { headers, body }
    }
}

/// How the attempts of a delivery are made.
struct Manner {
    delivery: Delivery,
    profile: Profile,
    /// Events up to this offset are replayed.
    replayed: u64,
}

impl Manner {
    /// Attempts after the first.
    fn retries(&self) -> u32 {
        if self.delivery.delay.is_zero() && self.profile.gives_up_without_delay() {
            0
        } else {
            self.delivery.retry
        }
    }

    /// The wait before retry number `retry` (the first is 1), when the recipient has asked for `asked`.
    fn wait(&self, retry: u32, asked: Option<Duration>) -> Duration {
        let Delivery { policy, delay, .. } = self.delivery;
        let usual = backoff::wait(policy, self.profile.backoff(), delay, retry);
        let most = self.delivery.retry_after_max;
        match (asked, most) {
            (Some(asked), Some(most)) if self.profile.honours_format_and_retry_after() => {
                usual.max(asked.min(most))
            }
            _ => usual,
        }
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
#[derive(Default)]
struct Failure {
    reason: String,
    headers: Vec<(String, Vec<u8>)>,
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
    let trigger = registered.current();
    let manner = Manner {
        delivery: core.delivery_of(&trigger),
        profile: core.profile(),
        replayed: registered.replayed,
    };
    let message = Message::new(core, &event.event, event, &manner);
    let address = || registered.current().subscriber.clone();
    let attempts = tokio::select! {
        biased; // an answer that is there counts
        attempts = attempt(core, address, &manner, &message, slots) => attempts?,
        () = registered.removed.requested() => return None,
    };
    let failure = match attempts.result {
        Ok(reply) => match one_pass_less(reply, &event.event, manner.profile) {
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
        },
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
    let (reason, reply) = match &manner.delivery.dead_letter_sink {
        None => (failure.reason, None),
        Some(sink) => {
            let letter = dead_letter::letter(
                &event.event,
                &address(),
                attempts.status,
                &failure,
                manner.profile,
            );
            let message = Message::new(core, &letter, event, &manner);
            let sent = attempt(core, || sink.clone(), &manner, &message, slots).await?;
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
        attempts: attempts.count,
        status: attempts.status,
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

/// Attempts until one is decisive. The address is asked for each time: a subscriber may come back elsewhere.
async fn attempt(
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
        let (failure, asked) = match answer::meaning(sent, manner.profile) {
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
            Meaning::Failed(failure, _) if count > manner.retries() => {
                return Some(Attempts {
                    count,
                    status,
                    result: Err(failure),
                });
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
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ingenium_runtime::backoff::Policy;

    use super::Manner;
    use crate::trigger::{Delivery, Profile};

    /// Kafka's were seen, to ten milliseconds; those of channels are read in `retryablehttp`'s use.
    #[test]
    fn waits_are_those_of_each_broker() {
        for (profile, policy, waits) in [
            (Profile::Kafka, Policy::Linear, [100, 200, 300]),
            (Profile::Kafka, Policy::Exponential, [200, 400, 800]),
            (Profile::Mt, Policy::Linear, [0, 100, 200]),
            (Profile::Mt, Policy::Exponential, [100, 200, 400]),
            (Profile::Ingenium, Policy::Linear, [100, 200, 300]),
            (Profile::Ingenium, Policy::Exponential, [200, 400, 800]),
        ] {
            let delivery = Delivery {
                policy,
                delay: Duration::from_millis(100),
                ..Delivery::default()
            };
            let manner = Manner {
                delivery,
                profile,
                replayed: 0,
            };
            let found = [1, 2, 3].map(|retry| manner.wait(retry, None).as_millis());
            assert_eq!(found, waits, "{profile:?}, {policy:?}");
        }
    }

    #[test]
    fn without_a_delay_kafka_does_not_retry() {
        for (profile, retries) in [
            (Profile::Kafka, 0),
            (Profile::Mt, 10),
            (Profile::Ingenium, 10),
        ] {
            let delivery = Delivery {
                delay: Duration::ZERO,
                ..Delivery::default()
            };
            assert_eq!(
                Manner {
                    delivery,
                    profile,
                    replayed: 0,
                }
                .retries(),
                retries,
                "{profile:?}"
            );
        }
    }
}
