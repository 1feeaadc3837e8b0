//! A row of the log held against itself.

use ingenium_contract::Time;
use ingenium_types::{Reader, View};
use rusqlite::Row;

use super::checksum::Content;
use super::record::{self, StoredEvent};

/// The columns that [`verify`] takes, of a file of format `version`.
pub(super) fn columns(version: u32) -> String {
    let added = if version < 2 {
        "0, NULL"
    } else {
        "stored, checksum"
    };
    format!(
        "{}, source, id, type, subject, time, {added}",
        record::COLUMNS
    )
}

/// Reads an event, and says what contradicts it: other columns, its checksum, or data that is not what it is called.
pub(super) fn verify(row: &Row<'_>) -> Result<StoredEvent, String> {
    let stored = record::from_row(row).map_err(|error| error.to_string())?;
    let event = &stored.event;
    let columns = [
        ("source", Some(event.source.as_str())),
        ("id", Some(event.id.as_str())),
        ("type", Some(event.type_.as_str())),
        ("subject", event.subject.as_deref()),
        ("time", event.time.as_ref().map(Time::text)),
    ];
    for ((name, attribute), index) in columns.into_iter().zip(6..) {
        let column: Option<String> = row.get(index).map_err(|error| error.to_string())?;
        if column.as_deref() != attribute {
            return Err(format!(
                "the column `{name}` says {column:?}, the attributes {attribute:?}"
            ));
        }
    }
    let found = checksum(row).map_err(|error| error.to_string())?;
    match (found, event.json_data()) {
        (Some((kept, counted)), _) if kept != i64::from(counted) => Err(format!(
            "its checksum is {counted}, and {kept} was kept: a byte has changed"
        )),
        // Without a checksum at least the form is looked at, by the reader that let the data in.
        (None, Some(data)) if !is_json(data) => Err("its data is no JSON".to_owned()),
        _ => Ok(stored),
    }
}

fn is_json(data: &[u8]) -> bool {
    let mut reader = Reader::new(data, View::Reader);
    reader.skip().and_then(|_| reader.finish()).is_ok()
}

/// The checksum that was kept, where there is one, and that of the row.
fn checksum(row: &Row<'_>) -> rusqlite::Result<Option<(i64, u32)>> {
    let Some(kept) = row.get::<_, Option<i64>>(12)? else {
        return Ok(None);
    };
    let offset: i64 = row.get(0)?;
    let (attributes, mode): (String, String) = (row.get(1)?, row.get(2)?);
    let data: Option<String> = row.get(3)?;
    let body: Vec<u8> = row.get(4)?;
    let headers: String = row.get(5)?;
    let content = Content {
        offset: record::offset(offset),
        stored: row.get(11)?,
        attributes: &attributes,
        mode: &mode,
        headers: &headers,
        data: data.as_deref(),
        body: &body,
    };
    Ok(Some((kept, content.checksum())))
}
