//! Events of a run as CloudEvents, and back.

use ingenium_contract::{CloudEvent, Time};
use ingenium_runtime::clock;
use ingenium_trading::Origin as _;
use ingenium_trading::backtest::Event;
use ingenium_types::Payload;

use crate::emit::cause_of;

/// The CloudEvent that states `event`: what the component that emitted it would send.
#[must_use]
pub fn to_cloud_event(event: &Event) -> CloudEvent {
    let cause = event.cause();
    let event_type = event.payload.event_type();
    let mut stated = CloudEvent::json(
        cause.id.as_str(),
        &cause.source,
        event_type.as_str(),
        event.payload.encode(),
    );
    stated.subject = Some(event.payload.symbol().to_string());
    stated.time = Some(Time::from(event.time));
    stated.dataschema = Some(event_type.schema_id().to_owned());
    stated.set_extension("recordedtime", clock::now().to_string());
    let extensions = [
        ("partitionkey", cause.partition_key.as_deref()),
        ("traceparent", cause.traceparent.as_deref()),
        ("tracestate", cause.tracestate.as_deref()),
        ("ingeniumrun", cause.run.as_deref()),
        ("causationid", event.causation.as_deref()),
        // A root stands for itself and says nothing.
        (
            "correlationid",
            event.causation.as_ref().map(|_| cause.correlation.as_str()),
        ),
    ];
    for (name, value) in extensions {
        if let Some(value) = value {
            stated.set_extension(name, value);
        }
    }
    stated
}

/// The event that `stated` states; `None` where it has no `time`.
#[must_use]
pub fn to_event(stated: &CloudEvent, payload: Payload) -> Option<Event> {
    let causation = stated.extension_text("causationid");
    Some(Event::stated(
        stated.instant()?,
        payload,
        cause_of(stated, None),
        causation.map(ToOwned::to_owned),
    ))
}
