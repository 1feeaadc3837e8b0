//! From a role's emission to the CloudEvent that states it.

use std::collections::BTreeMap;

use ingenium_contract::{AttributeValue, CloudEvent, Finding, SpecVersions, Time, envelope};
use ingenium_trading::{Cause, Emission};
use ingenium_types::Payload;
use ingenium_types::id::EventId;
use ingenium_types::scalar::UtcTimestamp;

/// What every event of one process carries, whatever it states.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The component's CloudEvents `source`.
    pub source: String,
    /// Extensions that `K_CE_OVERRIDES` asks for; they win.
    pub overrides: BTreeMap<String, String>,
}

impl Stamp {
    /// Whether events with this source and these overrides are CloudEvents at all.
    ///
    /// # Errors
    /// The first finding: with it every sink would refuse every event.
    pub fn check(&self) -> Result<(), Finding> {
        let sample = CloudEvent::json("id", &self.source, "type", "{}");
        let sample = envelope::to_structured(&self.override_extensions(sample));
        match envelope::read_structured(&sample.into(), SpecVersions::V1) {
            Err(findings) => findings.into_iter().next().map_or(Ok(()), Err),
            Ok(_) => Ok(()),
        }
    }

    /// The event that states `emission`, recorded at `now`.
    ///
    /// The data is canonical JSON; effects carry `causationid`, `correlationid`, the trace and the run of their cause.
    #[must_use]
    pub fn event(&self, emission: &Emission, now: UtcTimestamp) -> CloudEvent {
        let Emission {
            id,
            time,
            cause,
            payload,
        } = emission;
        let mut event = self.envelope(*id, *time, payload, now);
        let key = payload
            .partition_key()
            .or(cause.partition_key.as_deref())
            .unwrap_or_else(|| payload.symbol().as_str());
        event.set_extension("partitionkey", key);
        event.set_extension("correlationid", cause.correlation.as_str());
        event.set_extension("causationid", cause.id.as_str());
        if let Some(traceparent) = cause
            .traceparent
            .as_deref()
            .and_then(|parent| continue_trace(parent, *id))
        {
            event.set_extension("traceparent", traceparent);
            if let Some(tracestate) = &cause.tracestate {
                event.set_extension("tracestate", tracestate.as_str());
            }
        }
        if let Some(run) = &cause.run {
            event.set_extension("ingeniumrun", run.as_str());
        }
        self.override_extensions(event)
    }

    /// The event that states a fact from outside: the root of a chain.
    #[must_use]
    pub fn root(
        &self,
        id: EventId,
        time: UtcTimestamp,
        payload: &Payload,
        run: Option<&str>,
        now: UtcTimestamp,
    ) -> CloudEvent {
        let mut event = self.envelope(id, time, payload, now);
        let key = payload.partition_key();
        event.set_extension("partitionkey", key.unwrap_or(payload.symbol().as_str()));
        if let Some(run) = run {
            event.set_extension("ingeniumrun", run);
        }
        self.override_extensions(event)
    }

    fn envelope(
        &self,
        id: EventId,
        time: UtcTimestamp,
        payload: &Payload,
        now: UtcTimestamp,
    ) -> CloudEvent {
        let event_type = payload.event_type();
        let mut event = CloudEvent::json(
            id.to_string(),
            &self.source,
            event_type.as_str(),
            payload.encode(),
        );
        event.subject = Some(payload.symbol().to_string());
        event.time = Some(Time::from(time));
        event.dataschema = Some(event_type.schema_id().to_owned());
        event.set_extension("recordedtime", now.to_string());
        event
    }

    fn override_extensions(&self, mut event: CloudEvent) -> CloudEvent {
        for (name, value) in &self.overrides {
            event.set_extension(name, value.as_str());
        }
        event
    }
}

/// What effects of `event` inherit.
#[must_use]
pub fn cause_of(event: &CloudEvent, header_traceparent: Option<&str>) -> Cause {
    let text = |name: &str| event.extension(name).map(AttributeValue::to_string);
    Cause {
        source: event.source.clone(),
        id: event.id.clone(),
        // A root stands for itself.
        correlation: text("correlationid").unwrap_or_else(|| event.id.clone()),
        partition_key: text("partitionkey"),
        // The extension wins over the HTTP header, which hops may rewrite.
        traceparent: text("traceparent").or_else(|| header_traceparent.map(ToOwned::to_owned)),
        tracestate: text("tracestate"),
        run: text("ingeniumrun"),
    }
}

/// The same trace with the new event as parent; `None` where `traceparent` is not W3C Trace Context.
fn continue_trace(traceparent: &str, id: EventId) -> Option<String> {
    ingenium_contract::profile::trace_id(traceparent).map(|trace| {
        format!(
            "00-{trace}-{}-{}",
            id.parent_id(),
            &traceparent[traceparent.len() - 2..]
        )
    })
}
