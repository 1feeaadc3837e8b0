//! Where the data planes of the profiles differ. What has no function here is the same in all three.
//!
//! Sources: Knative Eventing 1.22.2 and its Kafka broker 1.23.0, read and run; `docs/reference/broker-profiles.md` has
//! the table for people.

use std::time::Duration;

use ingenium_contract::{AttributeValue, CloudEvent};
use ingenium_runtime::backoff::Table;
use ingenium_types::scalar::UtcTimestamp;

use crate::partition;
use crate::store::Submission;
use crate::trigger::Profile;

/// How many passes through the broker an event may make, its own included (Knative's `MAX_TTL`).
pub(crate) const MAX_TTL: i32 = 255;

/// The extension that counts down the passes. It stays in the broker.
pub(crate) const TTL: &str = "knativebrokerttl";

/// The extension that says when an event came in (RFC 3339).
const ARRIVAL: &str = "knativearrivaltime";

/// The longest wait of Knative's Kafka broker for an answer.
const KAFKA_TIMEOUT: Duration = Duration::from_secs(600);

/// How many more passes an event says it may make, if it says so.
pub(crate) fn passes_left(event: &CloudEvent) -> Option<i32> {
    match event.extension(TTL)? {
        AttributeValue::Integer(left) => Some(*left),
        // In binary mode every attribute is text.
        AttributeValue::String(text) => text.parse().ok(),
        AttributeValue::Boolean(_) => None,
    }
}

impl Profile {
    /// Whether `OPTIONS` is answered with the methods and the web hook headers of CloudEvents.
    pub(crate) const fn answers_options(self) -> bool {
        !matches!(self, Self::Kafka)
    }

    /// How a message is refused that HTTP would refuse with `status`: Knative knows one status for all that is wrong
    /// with an event.
    pub(crate) const fn refusal(self, status: u16) -> u16 {
        match self {
            Self::Kafka | Self::Mt => 400,
            Self::Ingenium => status,
        }
    }

    /// Whether a batch is taken, all of it or nothing.
    pub(crate) const fn takes_batches(self) -> bool {
        matches!(self, Self::Ingenium)
    }

    /// Whether a path that has not two segments is a mistake of its own (400) rather than an unknown broker (404).
    pub(crate) const fn judges_paths(self) -> bool {
        matches!(self, Self::Mt)
    }

    /// Whether the query string is part of the broker's name.
    pub(crate) const fn names_by_query(self) -> bool {
        matches!(self, Self::Mt)
    }

    /// Whether one slash may follow the broker's name.
    pub(crate) const fn allows_trailing_slash(self) -> bool {
        matches!(self, Self::Kafka)
    }

    /// Whether a reply carries a count of passes that ends a loop.
    pub(crate) const fn ends_loops(self) -> bool {
        !matches!(self, Self::Kafka)
    }

    /// Whether a 2xx with a body that is no event may be cured by another attempt.
    pub(crate) const fn retries_bad_replies(self) -> bool {
        matches!(self, Self::Mt)
    }

    /// Whether `delivery.format` and `delivery.retryAfterMax` have an effect.
    pub(crate) const fn honours_format_and_retry_after(self) -> bool {
        !matches!(self, Self::Kafka)
    }

    /// Whether a `backoffDelay` of nothing means that there is no retry.
    pub(crate) const fn gives_up_without_delay(self) -> bool {
        matches!(self, Self::Kafka)
    }

    /// Whether headers `kne-x` of a refusal become extensions of the dead letter.
    pub(crate) const fn copies_error_headers(self) -> bool {
        matches!(self, Self::Kafka)
    }

    /// Whether `knativeerrorcode` is an integer, and `knativeerrordata` is cut as base64 rather than as bytes.
    pub(crate) const fn writes_errors_as_channels_do(self) -> bool {
        matches!(self, Self::Mt)
    }

    /// Which waits lie between attempts.
    pub(crate) const fn backoff(self) -> Table {
        match self {
            Self::Kafka | Self::Ingenium => Table::Kafka,
            Self::Mt => Table::MultiTenant,
        }
    }

    /// How long an attempt may take where `delivery.timeout` says nothing; `usual` is the limit of this broker.
    pub(crate) fn timeout(self, usual: Duration) -> Duration {
        match self {
            Self::Kafka => KAFKA_TIMEOUT,
            // It has none. A subscriber that never answers must not hold its trigger for ever.
            Self::Mt => KAFKA_TIMEOUT,
            Self::Ingenium => usual,
        }
    }

    /// Whether deliveries of a key wait for each other where the trigger does not say.
    pub(crate) const fn orders(self) -> bool {
        matches!(self, Self::Ingenium)
    }

    /// How many attempts of a trigger may be open; `usual` is the limit of this broker.
    pub(crate) const fn in_flight(self, usual: usize) -> usize {
        match self {
            // Seen: it fetches fifty more while forty-nine are open.
            Self::Kafka => 99,
            Self::Mt | Self::Ingenium => usual,
        }
    }

    /// Adds what an event gets on its way in.
    pub(crate) fn let_in(self, submission: &mut Submission, now: UtcTimestamp) {
        submission.may_repeat = self != Self::Ingenium;
        if self == Self::Mt {
            let event = &mut submission.event;
            event.set_extension(ARRIVAL, now.to_string());
            if event.extension(TTL).is_none() {
                event.set_extension(TTL, MAX_TTL);
            }
        }
    }

    /// Headers that every delivery of the event at `offset` gets.
    pub(crate) fn delivery_headers(self, event: &CloudEvent, offset: u64) -> Vec<(String, String)> {
        if self != Self::Kafka {
            return Vec::new();
        }
        let partition = partition::of(event);
        vec![
            ("ce-knativekafkapartition".to_owned(), partition.to_string()),
            // Kafka counts from 0. There are gaps here, as there may be in a topic.
            (
                "ce-knativekafkaoffset".to_owned(),
                offset.saturating_sub(1).to_string(),
            ),
        ]
    }
}
