//! What a start reads: the newest rows, which a crash or a full disk would have hurt.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::reader;
use super::record::{Shared, column};
use super::row::{columns, verify};
use super::schema::USER_VERSION;

/// How many rows are looked at. All of them would hold up a start for minutes: that is what a check is for.
const ROWS: u64 = 10_000;

/// The end of the log.
pub(crate) struct Recent {
    /// The first offset that is kept.
    pub(crate) first: u64,
    /// The last, 0 in an empty log.
    pub(crate) head: u64,
    /// The last events in order, as many as were asked for.
    pub(crate) events: Vec<Shared>,
}

/// Reads the last rows and keeps the `keep` newest; says what is wrong with the first that is.
pub(crate) fn recent(
    connection: &Connection,
    keep: usize,
) -> rusqlite::Result<Result<Recent, String>> {
    let first = reader::first(connection)?;
    let head = reader::head(connection)?;
    if first > head.max(1) {
        return Ok(Err(format!("the events from offset {first} on are gone")));
    }
    let rows = ROWS.max(keep as u64);
    let mut next = head.saturating_sub(rows) + 1;
    if next < first {
        next = first;
    }
    let mut events = Vec::new();
    let sql = format!(
        "SELECT {} FROM events WHERE offset >= ?1 ORDER BY offset",
        columns(USER_VERSION)
    );
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query(params![column(next)])?;
    while let Some(row) = found.next()? {
        let event = match verify(row) {
            Ok(event) => event,
            Err(problem) => return Ok(Err(format!("the event at offset {next}: {problem}"))),
        };
        if event.offset != next {
            let problem = format!("offset {next} is missing, the next is {}", event.offset);
            return Ok(Err(problem));
        }
        next += 1;
        if head - event.offset < keep as u64 {
            events.push(Arc::new(event));
        }
    }
    Ok(Ok(Recent {
        first,
        head,
        events,
    }))
}
