//! Files of older versions.

use std::path::Path;

use ingenium_runtime::clock;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tracing::info;

use super::file::{beside, name};
use super::{backup, header, schema};
use crate::error::Error;

/// The oldest format that is migrated.
pub(super) const OLDEST: u32 = 1;

/// Brings a file to the format of this version. What it was is kept beside it, as `broker.db.v1.bak`.
///
/// Each version is a transaction of its own: after a crash the next start goes on where this one was.
///
/// # Errors
/// When the copy or a step fails; the file is that of its version then.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    // Not the header's: after a crash the newer one may stand in the write-ahead log.
    let found = version(connection).map_err(|error| name(error, path))?;
    header::known(path, found)?;
    if found == schema::USER_VERSION {
        return Ok(());
    }
    let kept = beside(path, &format!(".v{found}.bak"));
    // Page by page; a check of all rows would hold up the start, and damage is in the copy as it is in the file.
    backup::copy(connection, &kept, |_| Ok(()))?;
    info!(path = %path.display(), from = found, to = schema::USER_VERSION, backup = %kept.display(), "event log is migrated");
    let mut migrate = || {
        for version in found..schema::USER_VERSION {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            step(&transaction, version)?;
            transaction.pragma_update(None, "user_version", version + 1)?;
            transaction.commit()?;
        }
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
    };
    migrate().map_err(|error| name(error, path))
}

/// The format of an open file.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// From `version` to the next.
fn step(transaction: &Transaction<'_>, version: u32) -> rusqlite::Result<()> {
    match version {
        1 => {
            rows_of_their_own(transaction)?;
            retention(transaction)
        }
        _ => Ok(()),
    }
}

/// When each event was stored, which for those that are there is now; a checksum of each row, which those have not; and
/// the same event several times. SQLite cannot change what is unique in a table, so the rows move to a new one.
fn rows_of_their_own(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    const COLUMNS: &str =
        "offset, source, id, type, subject, time, attributes, mode, headers, data, body";
    let now = milliseconds();
    transaction.execute_batch(
        "PRAGMA defer_foreign_keys = ON;
         DROP VIEW event_json;
         CREATE TABLE moved AS SELECT * FROM events;
         DROP TABLE events;",
    )?;
    transaction.execute_batch(schema::EVENTS)?;
    transaction.execute_batch(&format!(
        "INSERT INTO events ({COLUMNS}, stored) SELECT {COLUMNS}, {now} FROM moved ORDER BY offset;
         DROP TABLE moved;"
    ))?;
    transaction.execute_batch(schema::VIEW)
}

/// How far events have left the log.
fn retention(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(schema::RETENTION)?;
    // A trigger that was deleted during a delivery could leave its settlement behind.
    transaction.execute(
        "DELETE FROM deliveries WHERE trigger NOT IN (SELECT name FROM triggers)",
        [],
    )?;
    Ok(())
}

/// The wall clock as the file has it: milliseconds since 1970-01-01 UTC.
pub(super) fn milliseconds() -> i64 {
    clock::now().as_nanoseconds() / 1_000_000
}
