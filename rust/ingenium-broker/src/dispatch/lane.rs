//! What is delivered one after another, and what side by side.

use ingenium_contract::CloudEvent;

use crate::partition;
use crate::trigger::{Profile, Trigger};

/// Events of one lane are delivered one after another, retries included; lanes do not wait for each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// All events of a key.
    Key(String),
    /// All events of a partition: an event that fails holds up the other keys in it.
    Partition(u32),
    /// One event, by its offset.
    Alone(u64),
    /// All events of a trigger that takes batches.
    All,
}

impl Lane {
    /// The lane of the event at `offset`.
    pub(super) fn of(event: &CloudEvent, offset: u64, trigger: &Trigger, profile: Profile) -> Self {
        if trigger.batch(profile) > 1 {
            return Self::All;
        }
        match (profile, trigger.is_ordered(profile)) {
            (_, false) => Self::Alone(offset),
            (Profile::Kafka, true) => Self::Partition(partition::of(event)),
            (Profile::Ingenium | Profile::Mt, true) => Self::Key(event.ordering_key().to_owned()),
        }
    }

    /// How many of the lane's events may go in one delivery.
    pub(super) fn most(&self, trigger: &Trigger) -> usize {
        match self {
            Self::All => trigger.batch(Profile::Ingenium),
            Self::Key(_) | Self::Partition(_) | Self::Alone(_) => 1,
        }
    }
}
