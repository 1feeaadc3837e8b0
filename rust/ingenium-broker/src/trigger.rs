//! Triggers: which events go where, as objects of Knative's own shape.

mod broker;
mod delivery;
mod duration;
pub mod filter;
pub(crate) mod nearest;
mod object;
mod profile;
mod spec;
mod start;

use std::collections::BTreeMap;

use ingenium_contract::CloudEvent;

pub(crate) use broker::BrokerObject;
pub use delivery::{Delivery, Format};
pub use filter::Filter;
pub use object::Invalid;
pub(crate) use object::list as object_list;
pub use profile::Profile;
pub use start::Start;

/// The annotation that says where in step order a subscriber comes: an integer as text.
pub const RANK: &str = "ingenium.example/rank";
/// The annotation that names the `source` of the events that the subscriber emits.
pub const SOURCE: &str = "ingenium.example/source";
/// The annotation that says where a new trigger starts ([`Start`]).
pub const START: &str = "ingenium.example/start";
/// The annotation in a trigger's status that says how many events it still has to get.
pub const LAG: &str = "ingenium.example/lag";
/// The annotation that asks for batches: the most events in one delivery.
pub const BATCH: &str = "ingenium.example/batch";
/// The most events that a trigger may ask for in one delivery.
pub(crate) const MOST_IN_BATCH: usize = 1000;
/// Knative's annotation for the order of a trigger's deliveries: `ordered` or `unordered`.
pub const ORDER: &str = "kafka.eventing.knative.dev/delivery.order";
/// Knative's annotation for a broker's class.
pub const CLASS: &str = "eventing.knative.dev/broker.class";

/// The rank of a trigger without the annotation.
const DEFAULT_RANK: i64 = 100;

/// Sends the events of a broker that pass its filter to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The namespace, which is the broker's too.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The broker's name.
    pub broker: String,
    /// The subscriber's URL.
    pub subscriber: String,
    /// `filter.attributes`: attributes that an event must have with these values, case-sensitive; an empty value lets
    /// any pass. Not looked at where there are [`filters`](Self::filters).
    pub filter: BTreeMap<String, String>,
    /// `filters`, which must all pass.
    pub filters: Vec<Filter>,
    /// How to deliver; `None` leaves it to the broker.
    pub delivery: Option<Delivery>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
}

impl Trigger {
    /// A trigger that lets every event pass.
    #[must_use]
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        broker: impl Into<String>,
        subscriber: impl Into<String>,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            broker: broker.into(),
            subscriber: subscriber.into(),
            filter: BTreeMap::new(),
            filters: Vec::new(),
            delivery: None,
            annotations: BTreeMap::new(),
        }
    }

    /// The same trigger for events of one type.
    #[must_use]
    pub fn with_type(self, type_: impl Into<String>) -> Self {
        self.with_filter("type", type_)
    }

    /// The same trigger for events whose attribute `name` is `value`.
    #[must_use]
    pub fn with_filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.filter.insert(name.into(), value.into());
        self
    }

    /// The same trigger with more filters, in whose presence `with_type` and `with_filter` mean nothing.
    #[must_use]
    pub fn with_filters(mut self, filters: impl IntoIterator<Item = Filter>) -> Self {
        self.filters.extend(filters);
        self
    }

    /// The same trigger with an annotation.
    #[must_use]
    pub fn with_annotation(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(name.into(), value.into());
        self
    }

    /// The same trigger with its own way to deliver.
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// Whether the event passes: `filters` if there are any, else `filter.attributes`; without both, every event does.
    #[must_use]
    pub fn matches(&self, event: &CloudEvent, profile: Profile) -> bool {
        if self.filters.is_empty() {
            return filter::attributes_pass(&self.filter, event, profile);
        }
        filter::all_pass(&self.filters, event, profile)
    }

    /// Its place in step order: lower ranks first, then names.
    #[must_use]
    pub fn rank(&self) -> (i64, &str) {
        let rank = self.annotations.get(RANK);
        let rank = rank.and_then(|text| text.parse().ok());
        (rank.unwrap_or(DEFAULT_RANK), &self.name)
    }

    /// The `source` of the events that the subscriber emits, where the annotation says it.
    #[must_use]
    pub fn subscriber_source(&self) -> Option<&str> {
        self.annotations.get(SOURCE).map(String::as_str)
    }

    /// How many events may go in one delivery; Knative's brokers know no batches.
    #[must_use]
    pub(crate) fn batch(&self, profile: Profile) -> usize {
        let asked = self
            .annotations
            .get(BATCH)
            .and_then(|text| text.parse().ok());
        match (profile, asked) {
            (Profile::Ingenium, Some(asked)) => asked,
            _ => 1,
        }
    }

    /// Whether events of a key, or of a partition, wait for each other. Channels know no order.
    #[must_use]
    pub(crate) fn is_ordered(&self, profile: Profile) -> bool {
        match self.annotations.get(ORDER).map(String::as_str) {
            _ if profile == Profile::Mt => false,
            Some("ordered") => true,
            Some("unordered") => false,
            _ => profile.orders(),
        }
    }

    /// Whether `other` sends the same events in the same order, perhaps elsewhere.
    #[must_use]
    pub fn is_same_but_for_address(&self, other: &Self) -> bool {
        self.rank() == other.rank()
            && self.filter == other.filter
            && self.filters == other.filters
            && self.subscriber_source() == other.subscriber_source()
    }
}
