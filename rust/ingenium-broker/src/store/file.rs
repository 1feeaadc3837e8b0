//! Opening the file: ours, undamaged, and nobody else's at the moment.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema;
use crate::error::Error;

/// Held while a process uses the file. The lock is a file of its own: closing any handle on the database itself
/// would drop the locks that SQLite holds on it (POSIX advisory locks belong to the process, not to the handle).
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Opens the file for writing, or creates it.
///
/// # Errors
/// When it is not usable; a file that is not ours is not touched.
pub(crate) fn open(path: &Path) -> Result<(Connection, Lock), Error> {
    let exists = look(path)?;
    let lock = lock(path)?;
    let connection = connect(path, exists).map_err(|error| name(error, path))?;
    Ok((connection, lock))
}

/// Looks at the file's header without opening it as a database; false when there is nothing yet.
fn look(path: &Path) -> Result<bool, Error> {
    let failed = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    if metadata.permissions().readonly() {
        return Err(Error::ReadOnly {
            path: path.to_owned(),
        });
    }
    if metadata.len() == 0 {
        return Ok(false);
    }
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    // The header of an SQLite file, of which these fields never move: magic, user version, application id.
    let field = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if read.is_err()
        || !header.starts_with(b"SQLite format 3\0")
        || field(68) != schema::APPLICATION_ID
    {
        return Err(Error::Foreign {
            path: path.to_owned(),
        });
    }
    let found = field(60);
    if found > schema::USER_VERSION {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: schema::USER_VERSION,
        });
    }
    Ok(true)
}

fn lock(path: &Path) -> Result<Lock, Error> {
    let lock_path = beside(path, ".lock");
    let failed = |source| Error::File {
        path: lock_path.clone(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            let read = file.read_to_string(&mut process);
            let holder = match (read, process.trim().parse::<u32>()) {
                (Ok(_), Ok(id)) => format!("process {id}"),
                _ => "another process".to_owned(),
            };
            return Err(Error::Locked {
                path: path.to_owned(),
                holder,
            });
        }
    }
    let process = std::process::id().to_string();
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(process.as_bytes()))
        .map_err(failed)?;
    Ok(Lock { _file: file })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn connect(path: &Path, exists: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(32);
    if !exists {
        // One transaction of the rollback journal: after a crash the file is empty or whole, and its header, which
        // is what the next start looks at, stands in the file itself and not in a write-ahead log.
        let transaction = connection.transaction()?;
        transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", schema::USER_VERSION)?;
        transaction.execute_batch(schema::TABLES)?;
        transaction.commit()?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.query_row(
        "SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)",
        [],
        |_| Ok(()),
    )?;
    Ok(connection)
}

fn name(error: rusqlite::Error, path: &Path) -> Error {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Corrupt {
            path,
            problem: error.to_string(),
        },
        Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
        Some(ErrorCode::CannotOpen) => Error::File {
            path,
            source: io::Error::other(error),
        },
        _ => Error::Store(error),
    }
}
