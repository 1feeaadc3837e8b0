//! The broker's own object.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Profile;
use super::delivery::Delivery;
use super::object::{Invalid, Object, check_name, object, read, ready};
use super::spec::DeliverySpec;

/// What a Broker says: how it delivers for triggers that do not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BrokerObject {
    pub(crate) annotations: BTreeMap<String, String>,
    /// As the annotations say.
    pub(crate) profile: Profile,
    pub(crate) delivery: Delivery,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BrokerSpec {
    #[serde(default)]
    delivery: Option<DeliverySpec>,
}

impl BrokerObject {
    /// Reads a Broker: its name and what it says.
    pub(crate) fn from_json(json: &[u8]) -> Result<(String, Self), Invalid> {
        let read: Object<BrokerSpec> = read(json, "Broker")?;
        check_name("metadata.name", &read.metadata.name)?;
        let delivery = read.spec.delivery.map(DeliverySpec::read).transpose()?;
        let broker = Self {
            profile: Profile::from_annotations(&read.metadata.annotations)?,
            annotations: read.metadata.annotations,
            delivery: delivery.unwrap_or_default(),
        };
        Ok((read.metadata.name, broker))
    }

    /// The object, ready.
    pub(crate) fn to_json(&self, namespace: &str, name: &str, url: &str) -> Value {
        let spec = json!({ "delivery": DeliverySpec::write(&self.delivery) });
        let status = json!({ "address": { "url": url }, "conditions": ready() });
        object("Broker", namespace, name, &self.annotations, &spec, &status)
    }
}
