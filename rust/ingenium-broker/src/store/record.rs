//! An event as a row, and back.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ingenium_contract::envelope::{self, Mode};
use ingenium_contract::{CloudEvent, Data, SpecVersions};
use ingenium_types::fingerprint::Line;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::checksum::Content;
use super::command::{Submission, trace};

/// An event of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the log; the first has 1.
    pub offset: u64,
    /// The event: attributes as text, data as the bytes that were received.
    pub event: CloudEvent,
    /// How it came.
    pub mode: Mode,
    /// The headers of its request that carry a trace on: `traceparent`, `tracestate`, `baggage`.
    pub trace: Vec<(&'static str, String)>,
}

/// The columns that [`from_row`] takes.
pub(super) const COLUMNS: &str = "offset, attributes, mode, data, body, headers";

/// Writes an event.
pub(super) fn insert(
    connection: &Connection,
    offset: u64,
    stored: i64,
    submission: &Submission,
) -> rusqlite::Result<()> {
    let event = &submission.event;
    let mode = match submission.mode {
        Mode::Binary => "binary",
        Mode::Structured => "structured",
    };
    let (data, body) = match &event.data {
        Some(Data::Json(bytes)) => (Some("json"), bytes.as_ref()),
        Some(Data::Binary(bytes)) => (Some("binary"), bytes.as_ref()),
        None => (None, &b""[..]),
    };
    let attributes = envelope::attributes_json(event);
    let checksum = Content {
        offset,
        stored,
        attributes: &attributes,
        mode,
        headers: &submission.headers,
        data,
        body,
    }
    .checksum();
    let mut statement = connection.prepare_cached(
        "INSERT INTO events
         (offset, source, id, type, subject, time, attributes, mode, headers, data, body, stored, checksum, repeat)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                 CASE ?14 WHEN 0 THEN 0 ELSE (SELECT count(*) FROM events WHERE source = ?2 AND id = ?3) END)",
    )?;
    statement.execute(params![
        column(offset),
        event.source,
        event.id,
        event.type_,
        event.subject,
        event.time.as_ref().map(ingenium_contract::Time::text),
        attributes,
        mode,
        submission.headers,
        data,
        body,
        stored,
        checksum,
        submission.may_repeat,
    ])?;
    if data == Some("binary") {
        let mut statement =
            connection.prepare_cached("INSERT INTO base64_data (offset, text) VALUES (?1, ?2)")?;
        statement.execute(params![column(offset), STANDARD.encode(body)])?;
    }
    Ok(())
}

/// An event with this source and id.
pub(super) fn find(
    connection: &Connection,
    source: &str,
    id: &str,
) -> rusqlite::Result<Option<StoredEvent>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE source = ?1 AND id = ?2 LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_row(params![source, id], from_row)
        .optional()
}

/// Reads an event.
pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let attributes: String = row.get(1)?;
    let mode: String = row.get(2)?;
    let data: Option<String> = row.get(3)?;
    let body: Vec<u8> = row.get(4)?;
    let headers: String = row.get(5)?;
    let damaged = |column, what: &'static str| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
    };
    let received = envelope::read_structured(&Bytes::from(attributes), SpecVersions::V03AndV1)
        .map_err(|_| damaged(1, "the attributes are no CloudEvent"))?;
    let mut event = received.event;
    event.data = match data.as_deref() {
        None => None,
        Some("json") => Some(Data::Json(body.into())),
        Some(_) => Some(Data::Binary(body.into())),
    };
    Ok(StoredEvent {
        offset: offset(row.get(0)?),
        event,
        mode: if mode == "binary" {
            Mode::Binary
        } else {
            Mode::Structured
        },
        trace: trace(&headers),
    })
}

/// Whether two events with the same source and id are the same event: type, subject, time as an instant, and the
/// data in RFC 8785 form. Trace context and recording times may differ between two tellings.
pub(super) fn is_same(old: &CloudEvent, new: &CloudEvent) -> bool {
    let instants = (old.instant(), new.instant());
    if instants == (None, None) && old.time != new.time {
        return false;
    }
    if old.type_ != new.type_ || old.subject != new.subject || instants.0 != instants.1 {
        return false;
    }
    let bytes = |event: &CloudEvent| event.data.as_ref().map(|data| data.bytes().clone());
    if bytes(old) == bytes(new) {
        return true;
    }
    let line = |event: &CloudEvent| {
        let data = event.json_data()?;
        Line::new(
            &event.type_,
            event.subject.as_deref(),
            event.instant(),
            Some(data),
        )
        .ok()
    };
    matches!((line(old), line(new)), (Some(old), Some(new)) if old == new)
}

/// An offset as SQLite has it. Offsets count events: no disk holds 2^63.
pub(super) fn column(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// An offset from SQLite.
pub(super) fn offset(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

/// An event that many readers share.
pub(crate) type Shared = Arc<StoredEvent>;
