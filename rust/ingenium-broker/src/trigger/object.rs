//! The JSON form: Knative's own objects, with the fields that this broker honours and no others.

use std::collections::BTreeMap;

use ingenium_runtime::http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::{Filter, Tree, check_attributes, check_filters, read_attributes, read_filters};
use super::spec::{DeliverySpec, Destination};
use super::{BATCH, MOST_IN_BATCH, ORDER, RANK, Trigger, nearest};

const API_VERSION: &str = "eventing.knative.dev/v1";

const FILTERS: &str = "spec.filters";

/// A field of an object that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {problem}; {fix}")]
pub struct Invalid {
    /// The field's path.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

pub(super) fn invalid(
    field: impl Into<String>,
    problem: impl Into<String>,
    fix: impl Into<String>,
) -> Invalid {
    Invalid {
        field: field.into(),
        problem: problem.into(),
        fix: fix.into(),
    }
}

/// What every object has. A server adds to `metadata` and `status`, and clients send both back: they are not judged.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Object<S> {
    api_version: String,
    kind: String,
    pub(super) metadata: Metadata,
    pub(super) spec: S,
    #[serde(default, rename = "status")]
    _status: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TriggerSpec {
    broker: String,
    #[serde(default)]
    filter: Option<Tree>,
    #[serde(default)]
    filters: Option<Tree>,
    subscriber: Destination,
    #[serde(default)]
    delivery: Option<DeliverySpec>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Tree>,
}

impl TriggerSpec {
    const MEMBERS: [&str; 5] = ["broker", "filter", "filters", "subscriber", "delivery"];
}

pub(super) fn read<'a, S: Deserialize<'a>>(
    json: &'a [u8],
    kind: &str,
) -> Result<Object<S>, Invalid> {
    let object: Object<S> = serde_json::from_slice(json).map_err(|error| {
        invalid(
            kind,
            error.to_string(),
            "send the object as Knative has it, with the fields that are documented here only",
        )
    })?;
    if object.api_version != API_VERSION || object.kind != kind {
        let problem = format!("this is a `{}` `{}`", object.api_version, object.kind);
        return Err(invalid(
            "kind",
            problem,
            format!("send a `{API_VERSION}` `{kind}`"),
        ));
    }
    Ok(object)
}

impl Trigger {
    /// Reads a Trigger.
    ///
    /// # Errors
    /// The first field that cannot be used; unknown fields cannot.
    pub fn from_json(json: &[u8], namespace: &str) -> Result<Self, Invalid> {
        let object: Object<TriggerSpec> = read(json, "Trigger")?;
        let spec = object.spec;
        if let Some(name) = spec.unknown.keys().next() {
            let escaped = name.escape_debug();
            return Err(invalid(
                format!("spec.{escaped}"),
                format!("`{escaped}` is not known here"),
                nearest::suggest(name, &TriggerSpec::MEMBERS),
            ));
        }
        let filter = spec.filter.map(|tree| read_attributes(tree, "spec.filter"));
        let filters = spec.filters.map(|tree| read_filters(tree, FILTERS));
        let trigger = Self {
            namespace: object
                .metadata
                .namespace
                .unwrap_or_else(|| namespace.to_owned()),
            name: object.metadata.name,
            broker: spec.broker,
            subscriber: spec.subscriber.uri,
            filter: filter.transpose()?.unwrap_or_default(),
            filters: filters.transpose()?.unwrap_or_default(),
            delivery: spec.delivery.map(DeliverySpec::read).transpose()?,
            annotations: object.metadata.annotations,
        };
        trigger.check()?;
        Ok(trigger)
    }

    /// Checks what the types do not say.
    ///
    /// # Errors
    /// The first field that cannot be used.
    pub fn check(&self) -> Result<(), Invalid> {
        check_name("metadata.name", &self.name)?;
        check_uri("spec.subscriber.uri", &self.subscriber)?;
        check_attributes(&self.filter, "spec.filter.attributes")?;
        check_filters(&self.filters, FILTERS)?;
        if let Some(rank) = self.annotations.get(RANK)
            && rank.parse::<i64>().is_err()
        {
            let problem = format!("`{}` is no integer", rank.escape_debug());
            return Err(invalid(
                format!("metadata.annotations.{RANK}"),
                problem,
                "set an integer such as `10`",
            ));
        }
        if let Some(order) = self.annotations.get(ORDER)
            && !["ordered", "unordered"].contains(&order.as_str())
        {
            let problem = format!("`{}` is no order", order.escape_debug());
            return Err(invalid(
                format!("metadata.annotations.{ORDER}"),
                problem,
                "set `ordered` or `unordered`",
            ));
        }
        if let Some(batch) = self.annotations.get(BATCH)
            && !matches!(batch.parse(), Ok(1..=MOST_IN_BATCH))
        {
            return Err(invalid(
                format!("metadata.annotations.{BATCH}"),
                format!("`{}` is no number of events", batch.escape_debug()),
                format!("set an integer from 1 to {MOST_IN_BATCH}"),
            ));
        }
        self.start()?;
        match self
            .delivery
            .as_ref()
            .and_then(|delivery| delivery.dead_letter_sink.as_ref())
        {
            Some(sink) => check_uri("spec.delivery.deadLetterSink.uri", sink),
            None => Ok(()),
        }
    }

    /// The object, ready.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut spec = json!({
            "broker": self.broker,
            "subscriber": { "uri": self.subscriber },
        });
        if !self.filter.is_empty() {
            spec["filter"] = json!({ "attributes": self.filter });
        }
        if !self.filters.is_empty() {
            spec["filters"] = self.filters.iter().map(Filter::to_json).collect();
        }
        if let Some(delivery) = &self.delivery {
            spec["delivery"] = json!(DeliverySpec::write(delivery));
        }
        let status = json!({ "subscriberUri": self.subscriber, "conditions": ready() });
        object(
            "Trigger",
            &self.namespace,
            &self.name,
            &self.annotations,
            &spec,
            &status,
        )
    }
}

pub(super) fn object(
    kind: &str,
    namespace: &str,
    name: &str,
    annotations: &BTreeMap<String, String>,
    spec: &Value,
    status: &Value,
) -> Value {
    json!({
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": { "namespace": namespace, "name": name, "annotations": annotations },
        "spec": spec,
        "status": status,
    })
}

/// All objects of a kind.
pub(crate) fn list(kind: &str, items: &[Value]) -> Value {
    json!({
        "apiVersion": API_VERSION,
        "kind": format!("{kind}List"),
        "metadata": {},
        "items": items,
    })
}

pub(super) fn ready() -> Value {
    json!([{ "type": "Ready", "status": "True" }])
}

pub(super) fn check_name(field: &str, name: &str) -> Result<(), Invalid> {
    let legal = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
    };
    if !name.is_empty() && name.len() <= 253 && name.bytes().all(legal) {
        return Ok(());
    }
    let problem = format!("`{}` is no name", name.escape_debug());
    Err(invalid(
        field,
        problem,
        "use lower-case letters, digits, `-` and `.`",
    ))
}

fn check_uri(field: &str, uri: &str) -> Result<(), Invalid> {
    let parsed = uri.parse::<Uri>().ok();
    if parsed.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some()) {
        return Ok(());
    }
    let problem = format!(
        "`{}` is no URL with scheme `http` and a host",
        uri.escape_debug()
    );
    Err(invalid(
        field,
        problem,
        "set one such as `http://127.0.0.1:9000/`",
    ))
}
