//! The tables of a component store, and whether a file has them.

use std::path::Path;

use rusqlite::Connection;

use super::Error;

/// The layout that this version reads and writes, in `PRAGMA user_version`.
const LAYOUT: i64 = 2;

/// Marks the file as a component store, in `PRAGMA application_id` (`IngC`).
const APPLICATION_ID: i64 = 0x496e_6743;

const TABLES: &str = "
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE seen (source TEXT NOT NULL, id TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
    CREATE TABLE natural_keys (key TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      cause_source TEXT NOT NULL, cause_id TEXT NOT NULL,
      headers TEXT NOT NULL, body BLOB NOT NULL,
      refused TEXT
    );";

/// Makes a new file a component store, or checks that it is one.
pub(super) fn prepare(connection: &Connection, path: &Path) -> Result<(), Error> {
    let shown = || path.display().to_string();
    let fail = |source| Error::Sqlite {
        path: shown(),
        source,
    };
    let pragma = |name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
    };
    let (application, layout) = (
        pragma("application_id").map_err(fail)?,
        pragma("user_version").map_err(fail)?,
    );
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .map_err(fail)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::Foreign {
            path: shown(),
            found: "is another application's database".to_owned(),
        });
    }
    if tables > 0 && layout != LAYOUT {
        return Err(Error::Foreign {
            path: shown(),
            found: format!("has layout {layout}, this version reads {LAYOUT}"),
        });
    }
    // EXCLUSIVE: two processes on one store would each answer the same event.
    let setup =
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
    connection.execute_batch(setup).map_err(fail)?;
    if tables == 0 {
        let create = format!(
            "BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT}; COMMIT;"
        );
        connection.execute_batch(&create).map_err(fail)?;
    }
    Ok(())
}
