//! How a trigger's deliveries are made: attempts, waits, whose behaviour.

use std::sync::Arc;
use std::time::Duration;

use ingenium_runtime::backoff;

use crate::core::{Core, Registered};
use crate::trigger::{Delivery, Profile, Trigger};

/// How the attempts of a delivery are made.
pub(super) struct Manner {
    pub(super) trigger: Arc<Trigger>,
    pub(super) delivery: Delivery,
    pub(super) profile: Profile,
    /// Events up to this offset are replayed.
    pub(super) replayed: u64,
}

impl Manner {
    /// That of a trigger now.
    pub(super) fn of(core: &Core, registered: &Registered) -> Self {
        let trigger = registered.current();
        Self {
            delivery: core.delivery_of(&trigger),
            trigger,
            profile: core.profile(),
            replayed: registered.replayed,
        }
    }

    /// Attempts after the first.
    pub(super) fn retries(&self) -> u32 {
        if self.delivery.delay.is_zero() && self.profile.gives_up_without_delay() {
            0
        } else {
            self.delivery.retry
        }
    }

    /// The wait before retry number `retry` (the first is 1), when the recipient has asked for `asked`.
    pub(super) fn wait(&self, retry: u32, asked: Option<Duration>) -> Duration {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ingenium_runtime::backoff::Policy;

    use super::Manner;
    use crate::trigger::{Delivery, Profile, Trigger};

    fn manner(delivery: Delivery, profile: Profile) -> Manner {
        Manner {
            trigger: Trigger::new("default", "t", "default", "http://127.0.0.1/").into(),
            delivery,
            profile,
            replayed: 0,
        }
    }

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
            let manner = manner(delivery, profile);
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
            assert_eq!(manner(delivery, profile).retries(), retries, "{profile:?}");
        }
    }
}
