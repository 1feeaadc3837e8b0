//! Events that are old or too many leave the log, in pieces that no sender notices.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::reader;
use super::record::{column, offset};

/// How many events go in one transaction: with their deliveries about as much writing as a full batch of new events.
const ROWS: usize = 128;

/// What a row takes beside its texts: keys in two trees, the row's own header, deliveries.
const OVERHEAD: u64 = 200;

/// What is to go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// What was stored before this: milliseconds since 1970-01-01 UTC.
    pub(crate) before: Option<i64>,
    /// The oldest, as long as more bytes of the file are in use.
    pub(crate) size: Option<u64>,
}

/// What has gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Retained {
    /// How many events.
    pub(crate) removed: u64,
    /// The first offset that is kept.
    pub(crate) first: u64,
    /// More is to go, and may.
    pub(crate) more: bool,
    /// The trigger that has not settled what is to go.
    pub(crate) blocked_by: Option<String>,
}

/// Removes events from the beginning of the log, as far as each trigger has settled everything. The last event stays
/// whatever its age: the log goes on counting where it ended.
pub(super) fn retain(
    transaction: &Transaction<'_>,
    bounds: Bounds,
    head: u64,
) -> rusqlite::Result<Retained> {
    let first = reader::first(transaction)?;
    let slowest: Option<(String, u64)> = transaction
        .query_row(
            "SELECT name, position FROM triggers ORDER BY position, name LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1).map(offset)?)),
        )
        .optional()?;
    let mut excess = excess(transaction, bounds)?;
    let mut retained = Retained {
        first,
        ..Retained::default()
    };
    let mut statement = transaction.prepare_cached(
        "SELECT offset, stored, length(body) + length(attributes) + length(headers)
         FROM events WHERE offset >= ?1 AND offset < ?2 ORDER BY offset LIMIT ?3",
    )?;
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![column(first), column(head), limit])?;
    while let Some(row) = rows.next()? {
        let at = row.get(0).map(offset)?;
        let stored: i64 = row.get(1)?;
        if excess == 0 && bounds.before.is_none_or(|before| stored >= before) {
            break;
        }
        match &slowest {
            Some((trigger, position)) if *position < at => {
                retained.blocked_by = Some(trigger.clone());
                break;
            }
            _ => {}
        }
        if retained.removed == ROWS as u64 {
            retained.more = true;
            break;
        }
        retained.removed += 1;
        retained.first = at + 1;
        excess = excess.saturating_sub(row.get(2).map(offset)? + OVERHEAD);
    }
    drop(rows);
    drop(statement);
    if retained.removed > 0 {
        remove(transaction, retained.first)?;
        let is_over = self::excess(transaction, bounds)? > 0;
        retained.more |= is_over && retained.blocked_by.is_none() && retained.first < head;
    }
    Ok(retained)
}

/// How many bytes in use are too many. Pages that are free are not in use: the next events go there, and the file
/// does not grow.
fn excess(transaction: &Transaction<'_>, bounds: Bounds) -> rusqlite::Result<u64> {
    let Some(size) = bounds.size else {
        return Ok(0);
    };
    Ok(reader::used(transaction)?.saturating_sub(size))
}

/// Removes everything before `first`, and keeps the totals of its deliveries.
fn remove(transaction: &Transaction<'_>, first: u64) -> rusqlite::Result<()> {
    let first = column(first);
    for (total, state) in [("delivered", "settled"), ("dead_letters", "dead_letter")] {
        let mut statement = transaction.prepare_cached(&format!(
            "UPDATE retention SET {total} = {total} + (SELECT count(*) FROM triggers
             CROSS JOIN deliveries ON deliveries.trigger = triggers.name AND deliveries.offset < ?1
             WHERE state = '{state}')"
        ))?;
        statement.execute([first])?;
    }
    for sql in [
        // By the key, a trigger at a time: a bare condition on the offset would read all deliveries.
        "DELETE FROM deliveries WHERE (trigger, offset) IN (SELECT deliveries.trigger, deliveries.offset
         FROM triggers CROSS JOIN deliveries ON deliveries.trigger = triggers.name AND deliveries.offset < ?1)",
        "DELETE FROM base64_data WHERE offset < ?1",
        "DELETE FROM events WHERE offset < ?1",
        "UPDATE retention SET first = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([first])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{Bounds, ROWS, retain};
    use crate::store::schema;

    /// How much is held up by one transaction cannot be seen from outside.
    #[test]
    fn a_piece_is_bounded_and_says_when_there_is_another() {
        let mut log = Connection::open_in_memory().expect("memory");
        schema::create(&log).expect("tables");
        let rows = ROWS as u64 + 100;
        for offset in 1..=rows {
            let columns = "offset, source, id, type, attributes, mode, headers, body, stored";
            let sql = format!(
                "INSERT INTO events ({columns}) VALUES (?1, '/s', ?1, 't', '{{}}', 'binary', '{{}}', x'', 5)"
            );
            log.execute(&sql, [i64::try_from(offset).expect("small")])
                .expect("written");
        }
        let bounds = Bounds {
            before: Some(6),
            size: None,
        };
        for (removed, first, more) in [
            (ROWS as u64, ROWS as u64 + 1, true),
            (99, rows, false),
            (0, rows, false),
        ] {
            let transaction = log.transaction().expect("a transaction");
            let retained = retain(&transaction, bounds, rows).expect("removed");
            transaction.commit().expect("committed");
            assert_eq!(
                (retained.removed, retained.first, retained.more),
                (removed, first, more)
            );
        }
    }
}
