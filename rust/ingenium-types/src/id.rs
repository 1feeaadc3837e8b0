//! Deterministic ids: the same fact gets the same id on every machine and in every language.
//!
//! An id is a UUIDv5 over the fields that identify the fact, as texts exactly as on the wire, joined by U+001F,
//! an absent one empty. Crash, re-run and redelivery then converge with no shared database.

use uuid::Uuid;

/// The namespace of event ids: UUIDv5 of the URL namespace and `urn:ingenium:event-id:1`.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x5044_84c3_da18_5602_81d3_88ab_99e2_7f06);

/// The id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId(Uuid);

impl EventId {
    /// The id over `fields`.
    ///
    /// ```
    /// # use ingenium_types::id::EventId;
    /// let bar = EventId::of(&[
    ///     "/ingenium/ingestor/csv", "data.type.ohlc", "AAPL", "1d", "2020-09-30T00:00:00Z", "true", "",
    /// ]);
    /// assert_eq!(bar.to_string(), "bb3c0cd8-ab0f-50c7-8965-753ec786dc0a");
    /// ```
    #[must_use]
    pub fn of(fields: &[&str]) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, fields.join("\u{1f}").as_bytes()))
    }

    /// The 32 hex digits: the form of `OrderId`, `CancelId` and `ExecutionId`.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.simple().to_string()
    }

    /// The first 8 bytes in hex: the W3C parent id of an event that no span emitted.
    #[must_use]
    pub fn parent_id(self) -> String {
        self.hex()[..16].to_owned()
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
