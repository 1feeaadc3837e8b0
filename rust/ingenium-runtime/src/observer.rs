//! What happens to events, told to whoever wants to know: one seam for logs, counters and traces.

use ingenium_contract::{CloudEvent, Finding};
use tracing::{debug, warn};

/// Hears what happens to events. Calls are made on the hot path: they must not block.
pub trait Observer: Send + Sync {
    /// An event was received and is well-formed.
    fn received(&self, event: &CloudEvent) {
        let _ = event;
    }

    /// An event was judged, with these findings.
    fn judged(&self, event: &CloudEvent, findings: &[Finding]) {
        let _ = (event, findings);
    }

    /// The event `id` of `source` was handled and led to this many events.
    fn handled(&self, source: &str, id: &str, emitted: usize) {
        let _ = (source, id, emitted);
    }

    /// An event with these headers was accepted by its recipient.
    fn sent(&self, headers: &[(String, String)]) {
        let _ = headers;
    }

    /// An attempt to send an event with these headers has failed; another follows.
    fn retried(&self, headers: &[(String, String)], attempts: u32, reason: &str) {
        let _ = (headers, attempts, reason);
    }
}

/// Writes what it hears to the log: the usual at level debug, trouble at level warn.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogObserver;

impl Observer for LogObserver {
    fn received(&self, event: &CloudEvent) {
        debug!(
            cloudevents.event_id = ?event.id,
            cloudevents.event_source = ?event.source,
            cloudevents.event_type = ?event.type_,
            "event received"
        );
    }

    fn judged(&self, event: &CloudEvent, findings: &[Finding]) {
        for finding in findings {
            warn!(
                cloudevents.event_id = ?event.id,
                cloudevents.event_source = ?event.source,
                rule = finding.rule,
                pointer = finding.pointer,
                "event has a finding"
            );
        }
    }

    fn handled(&self, source: &str, id: &str, emitted: usize) {
        debug!(
            cloudevents.event_id = ?id,
            cloudevents.event_source = ?source,
            emitted,
            "event handled"
        );
    }

    fn sent(&self, headers: &[(String, String)]) {
        debug!(
            cloudevents.event_id = ?header(headers, "ce-id"),
            cloudevents.event_type = ?header(headers, "ce-type"),
            "event sent"
        );
    }

    fn retried(&self, headers: &[(String, String)], attempts: u32, reason: &str) {
        warn!(
            cloudevents.event_id = ?header(headers, "ce-id"),
            cloudevents.event_type = ?header(headers, "ce-type"),
            attempts,
            reason,
            "event not taken, retrying"
        );
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(other, _)| other == name)?;
    Some(&found.1)
}
