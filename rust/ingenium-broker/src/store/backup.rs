//! Copies of a log: one file that is whole, whatever is written meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::check::refuse_damage;
use super::file::{beside, name, open_to_read};
use super::header::{self, failed};
use super::lock::lock;
use crate::error::Error;

/// Copies the log at `from`, in which a broker may be writing, to the new file `to`. Returns when the copy is on disk
/// and was checked whole.
///
/// # Errors
/// When there is a file at `to`, the log cannot be read or the copy not written, or what was copied is damaged; there
/// is no file at `to` then.
pub fn backup(from: &Path, to: &Path) -> Result<(), Error> {
    let from = &header::resolve(from)?;
    refuse_existing(to)?;
    copy(&open_to_read(from)?, to, refuse_damage)
}

/// Puts the copy at `from` in the place `to` of a log that is not there.
///
/// # Errors
/// When there is a file at `to` or a broker uses it, or the copy is damaged; there is no file at `to` then.
pub fn restore(from: &Path, to: &Path) -> Result<(), Error> {
    let from = &header::resolve(from)?;
    let copied = open_to_read(from)?;
    // A log whose file is gone and whose write-ahead log is there could still be saved by hand.
    header::look(to)?;
    refuse_existing(to)?;
    let _lock = lock(to)?;
    copy(&copied, to, refuse_damage)
}

/// Copies to `to`, whole or not at all; `accept` sees the copy before it has its name.
pub(super) fn copy(
    connection: &Connection,
    to: &Path,
    accept: fn(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let part = beside(to, ".part");
    let copied = write(connection, &part)
        .and_then(|()| accept(&part))
        .and_then(|()| put(&part, to));
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(&part, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound && copied.is_ok() => {
                return Err(failed(&part, error));
            }
            // A copy that failed has said why.
            _ => {}
        }
    }
    copied
}

fn write(connection: &Connection, part: &Path) -> Result<(), Error> {
    // What an interrupted copy has left.
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(part, error)),
        _ => {}
    }
    let copied = || {
        let mut target = Connection::open(part)?;
        target.pragma_update(None, "synchronous", "FULL")?;
        let copying = Backup::new(connection, &mut target)?;
        // All pages at once: one read transaction, which no writer ends and which ends no writer. In pieces the copy
        // would begin anew with each commit of the broker.
        if copying.step(-1)? != StepResult::Done {
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                Some("the log is locked".to_owned()),
            ));
        }
        drop(copying);
        // A file by itself: with a write-ahead log it could not be read where nothing can be written beside it.
        target.pragma_update(None, "journal_mode", "DELETE")
    };
    copied().map_err(|error: rusqlite::Error| name(error, part))?;
    sync(part)
}

/// Gives a whole copy its name.
fn put(part: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(part, to).map_err(|error| failed(to, error))?;
    match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync(folder),
        _ => sync(Path::new(".")),
    }
}

fn sync(path: &Path) -> Result<(), Error> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| failed(path, error))
}

fn refuse_existing(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(path, error)),
        Ok(_) => Err(Error::Exists {
            path: path.to_owned(),
        }),
    }
}
