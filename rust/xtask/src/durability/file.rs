//! The broker's file as somebody else reads it.

use std::path::Path;
use std::process::Command;

use rusqlite::{Connection, OpenFlags};

use super::checker::Row;

/// The rows of the log, by SQLite itself.
pub(super) fn rows(folder: &Path) -> Result<Vec<Row>, String> {
    let path = folder.join("broker.db");
    let failed = |error: rusqlite::Error| format!("{}: {error}", path.display());
    // To write: whoever reads a file with a write-ahead log has to lock it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    let mut statement = connection
        .prepare("SELECT source, id, body FROM events ORDER BY offset")
        .map_err(failed)?;
    let rows = statement.query_map([], |row| {
        Ok(Row {
            source: row.get(0)?,
            id: row.get(1)?,
            body: row.get::<_, Vec<u8>>(2)?.into(),
        })
    });
    rows.and_then(Iterator::collect).map_err(failed)
}

/// Deliveries that were given up.
pub(super) fn dead_letters(folder: &Path) -> Result<u64, String> {
    let path = folder.join("broker.db");
    let connection = Connection::open(&path);
    let count = connection.and_then(|connection| {
        let sql = "SELECT count(*) FROM deliveries WHERE state = 'dead_letter'";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0))
    });
    let count = count.map_err(|error| format!("{}: {error}", path.display()))?;
    u64::try_from(count).map_err(|error| error.to_string())
}

/// `ingenium broker check`: every page, every checksum, every reference.
pub(super) fn check(program: &Path, folder: &Path) -> Result<(), String> {
    let output = Command::new(program)
        .args(["broker", "check", "--data"])
        .arg(folder)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`ingenium broker check`: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stdout)
    ))
}
