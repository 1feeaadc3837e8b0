//! One seam for telemetry: what happens to events on their way through a component.

use ingenium_contract::{CloudEvent, Finding};
use tracing::debug;

/// Sees what happens to events. Every method has an empty default.
pub trait Observer: Send + Sync {
    /// An event has arrived.
    fn received(&self, event: &CloudEvent) {
        let _ = event;
    }

    /// An event was judged.
    fn judged(&self, event: &CloudEvent, findings: &[Finding]) {
        let _ = (event, findings);
    }

    /// An event was handled, with this many events to send.
    fn handled(&self, source: &str, id: &str, emitted: usize) {
        let _ = (source, id, emitted);
    }

    /// An event was taken by the sink.
    fn sent(&self, headers: &[(String, String)]) {
        let _ = headers;
    }

    /// A message was not taken and is sent again.
    fn retried(&self, attempts: u32, reason: &str) {
        let _ = (attempts, reason);
    }
}

/// Says it in the log, at level debug.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogObserver;

impl Observer for LogObserver {
    fn received(&self, event: &CloudEvent) {
        debug!(
            event_id = event.id,
            event_type = event.type_,
            "event received"
        );
    }

    fn handled(&self, source: &str, id: &str, emitted: usize) {
        debug!(
            event_id = id,
            event_source = source,
            emitted,
            "event handled"
        );
    }

    fn sent(&self, headers: &[(String, String)]) {
        let id = headers
            .iter()
            .find(|(name, _)| name == "ce-id")
            .map(|(_, value)| value.as_str());
        debug!(event_id = id, "event sent");
    }
}
