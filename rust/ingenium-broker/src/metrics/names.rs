//! What is measured: each name with its help. `docs/reference/broker-metrics.md` lists them.

/// A name as Prometheus has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
}

const fn name(name: &'static str, help: &'static str) -> Name {
    Name { name, help }
}

pub(super) const INGRESS: Name = name(
    "ingenium_broker_ingress_requests_total",
    "Events that were posted, by what they were answered: accepted, refused, queue_full, unavailable; and requests of any kind without the token: unauthorized.",
);
pub(super) const STORED: Name = name(
    "ingenium_broker_events_stored_total",
    "Events that were stored, replies included.",
);
pub(super) const KNOWN: Name = name(
    "ingenium_broker_events_known_total",
    "Events that came again and were stored before.",
);
pub(super) const DELIVERIES: Name = name(
    "ingenium_broker_deliveries_total",
    "Deliveries that are over, by trigger and result: settled, dead_letter.",
);
pub(super) const RETRIES: Name = name(
    "ingenium_broker_delivery_retries_total",
    "Attempts after the first of a delivery, by trigger.",
);
pub(super) const OPEN: Name = name(
    "ingenium_broker_deliveries_open",
    "Deliveries that are being made, those that wait for a retry included.",
);
pub(super) const LAG: Name = name(
    "ingenium_broker_trigger_lag_events",
    "Events behind the last that a trigger has settled, without a gap, by trigger.",
);
pub(super) const AGE: Name = name(
    "ingenium_broker_trigger_oldest_unsettled_seconds",
    "How long ago the first event was stored that a trigger has not settled, 0 where there is none, by trigger.",
);
pub(super) const QUEUE: Name = name(
    "ingenium_broker_queue_length",
    "Requests that wait for the disk.",
);
pub(super) const QUEUE_LIMIT: Name = name(
    "ingenium_broker_queue_limit",
    "Requests that may wait for the disk; more are answered 429.",
);
pub(super) const NOTES: Name = name(
    "ingenium_broker_notes_waiting",
    "Settlements and positions of triggers that wait for the next commit.",
);
pub(super) const READERS: Name = name(
    "ingenium_broker_log_readers",
    "Readers of the log over HTTP that are connected.",
);
pub(super) const READERS_LIMIT: Name = name(
    "ingenium_broker_log_readers_limit",
    "Readers of the log that may be connected; more are answered 429.",
);
pub(super) const COMMIT: Name = name(
    "ingenium_broker_commit_seconds",
    "How long a commit took that stored events, its sync included.",
);
pub(super) const COMMIT_FAILURES: Name = name(
    "ingenium_broker_commit_failures_total",
    "Commits that the disk did not take; their events were answered 503.",
);
pub(super) const FAILED: Name = name(
    "ingenium_broker_store_failed",
    "1 when the store has failed for good and takes nothing any more.",
);
pub(super) const FIRST: Name = name(
    "ingenium_broker_log_first_offset",
    "The first offset that is kept.",
);
pub(super) const LAST: Name = name(
    "ingenium_broker_log_last_offset",
    "The last offset, 0 in an empty log.",
);
pub(super) const USED: Name = name(
    "ingenium_broker_store_used_bytes",
    "Bytes of the file that are in use.",
);
pub(super) const FILE: Name = name(
    "ingenium_broker_store_file_bytes",
    "Bytes of the file, free pages included, without the write-ahead log.",
);
pub(super) const REMOVED: Name = name(
    "ingenium_broker_retention_removed_events_total",
    "Events that retention has removed.",
);
pub(super) const BLOCKED: Name = name(
    "ingenium_broker_retention_blocked",
    "1 while a trigger has not settled what retention would remove.",
);
