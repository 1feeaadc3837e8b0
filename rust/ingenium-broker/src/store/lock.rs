//! One process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::file::beside;
use super::header::failed;
use crate::error::Error;

/// Held while a process uses the file. The lock is a file of its own: closing any handle on the database itself
/// would drop the locks that SQLite holds on it (POSIX advisory locks belong to the process, not to the handle).
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock of the log at `path`.
///
/// # Errors
/// When another process has it, which is named, or the lock's file cannot be written.
pub(super) fn lock(path: &Path) -> Result<Lock, Error> {
    let lock_path = beside(path, ".lock");
    let failed = |source| failed(&lock_path, source);
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
