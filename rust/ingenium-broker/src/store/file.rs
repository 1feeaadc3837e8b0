//! Opening the file: ours, undamaged, and nobody else's at the moment.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tracing::info;

use super::header::{self, Found};
use super::lock::{Lock, lock};
use super::{migration, schema};
use crate::error::Error;

/// Opens the file for writing, or creates it. A file of an older version is migrated.
///
/// # Errors
/// When it is not usable; a file that is not ours is not touched.
pub(crate) fn open(path: &Path) -> Result<(Connection, Lock), Error> {
    let path = &header::resolve(path)?;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err(Error::ReadOnly {
            path: path.to_owned(),
        });
    }
    let found = header::look(path)?;
    let lock = lock(path)?;
    if header::has_log(path) {
        info!(path = %path.display(), "the last process did not end by itself, its write-ahead log is taken over");
    }
    let mut connection = connect(path, found).map_err(|error| name(error, path))?;
    migration::migrate(&mut connection, path)?;
    sync_folder(path).map_err(|error| header::failed(path, error))?;
    Ok((connection, lock))
}

/// Syncs the names of the file and of its write-ahead log, which both exist by now. SQLite does that, too, but takes no
/// notice when it fails; a name that is lost takes every acknowledged event with it.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Opens the file for reading, beside a broker or without one.
///
/// # Errors
/// When it is no log, or not of a version that is read here.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, Error> {
    if header::look(path)? == Found::Nothing {
        return Err(header::failed(path, io::ErrorKind::NotFound.into()));
    }
    let is_left = header::has_log(path);
    let connect = || {
        // To write, though nothing is written: a connection that may only read leaves an empty write-ahead log behind.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        settle(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        // What a process that was killed has left is the business of the next start.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_left)?;
        Ok(connection)
    };
    connect().map_err(|error| name(error, path))
}

/// The path of a file that belongs to the one at `path`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn connect(path: &Path, found: Found) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    settle(&connection)?;
    connection.set_prepared_statement_cache_capacity(32);
    if found == Found::Nothing {
        // One transaction of the rollback journal: after a crash the file is empty or whole, and its header, which
        // is what the next start looks at, stands in the file itself and not in a write-ahead log.
        let transaction = connection.transaction()?;
        transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", schema::USER_VERSION)?;
        schema::create(&transaction)?;
        transaction.commit()?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.query_row(
        "SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    // A sync that fails in the change of the mode is no error of the pragma, which says `wal` until the file is read
    // again: only then it says what is true.
    let mode =
        connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))?;
    if mode != "wal" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR);
        let problem = format!("the file stays in journal mode `{mode}`; its disk fails");
        return Err(rusqlite::Error::SqliteFailure(code, Some(problem)));
    }
    Ok(connection)
}

/// What holds for every connection. A page whose cells overlap is found when it is read, and what a file says in its
/// schema runs nothing.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// An error of SQLite by what it says about the file.
pub(super) fn name(error: rusqlite::Error, path: &Path) -> Error {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Corrupt {
            path,
            problem: error.to_string(),
        },
        Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
        Some(ErrorCode::CannotOpen | ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            Error::File {
                path,
                source: io::Error::other(error),
            }
        }
        _ => Error::Store(error),
    }
}
