//! Which broker's behaviour is wanted.

use std::collections::BTreeMap;

use super::object::{Invalid, invalid};
use super::{CLASS, nearest};

/// The broker whose behaviour this one has, named by the annotation `eventing.knative.dev/broker.class` of the Broker.
///
/// What differs between them is in `docs/reference/trigger-filters.md`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Class `Kafka`: Knative's broker on Kafka, without its losses.
    Kafka,
    /// Class `MTChannelBasedBroker`: Knative's broker on channels, without its losses.
    Mt,
    /// Class `Ingenium`, or no class: what the specifications say.
    #[default]
    Ingenium,
}

impl Profile {
    /// Every profile with the class that names it.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Ingenium, "Ingenium"),
        (Self::Kafka, "Kafka"),
        (Self::Mt, "MTChannelBasedBroker"),
    ];

    /// The profile that a Broker's annotations ask for.
    ///
    /// # Errors
    /// A class that is none of [`ALL`](Self::ALL).
    pub fn from_annotations(annotations: &BTreeMap<String, String>) -> Result<Self, Invalid> {
        let Some(class) = annotations.get(CLASS) else {
            return Ok(Self::default());
        };
        let found = Self::ALL.iter().find(|(_, name)| name == class);
        found.map(|(profile, _)| *profile).ok_or_else(|| {
            let known = Self::ALL.map(|(_, name)| name);
            invalid(
                format!("metadata.annotations.{CLASS}"),
                format!("`{}` is no class of broker", class.escape_debug()),
                nearest::suggest(class, &known),
            )
        })
    }
}
