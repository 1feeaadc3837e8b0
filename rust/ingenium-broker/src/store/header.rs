//! The first hundred bytes of a file: whether it is ours, which version wrote it, and whether it is whole.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::file::beside;
use super::{migration, schema};
use crate::error::Error;

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file, or one without a byte, as a crash before the first commit leaves it.
    Nothing,
    /// A log, as far as its header says.
    Log,
}

/// The file that a path means: links are followed, so that two names of one file share the lock beside it.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, Error> {
    match fs::canonicalize(path) {
        Ok(resolved) => Ok(resolved),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(path).is_ok() {
                // SQLite would create the file where the link points to, out of sight.
                return Err(failed(path, io::Error::other("the link points nowhere")));
            }
            Ok(path.to_owned())
        }
        Err(error) => Err(failed(path, error)),
    }
}

/// Looks at the header without opening the file as a database.
///
/// # Errors
/// When it is no log of ours, from a version that is not read here, or shorter than its header says.
pub(super) fn look(path: &Path) -> Result<Found, Error> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return nothing(path),
        Err(error) => return Err(failed(path, error)),
    };
    if metadata.is_dir() {
        return Err(failed(path, io::ErrorKind::IsADirectory.into()));
    }
    if metadata.len() == 0 {
        return nothing(path);
    }
    let mut header = [0; 100];
    let mut file = File::open(path).map_err(|error| failed(path, error))?;
    let read = file.read_exact(&mut header);
    // These fields of SQLite's header never move.
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
    known(path, field(60))?;
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let whole = page_size * u64::from(field(28));
    // The page count is valid when both change counters agree. While a write-ahead log is there, the file may be
    // shorter than the database: pages are copied into it in order, the first with the new count before the others.
    if field(24) == field(92) && metadata.len() < whole && !has_log(path) {
        return Err(Error::Corrupt {
            path: path.to_owned(),
            problem: format!(
                "the file is cut: it has {} bytes and its header counts {whole}",
                metadata.len()
            ),
        });
    }
    Ok(Found::Log)
}

/// Whether this version reads files of format `found`.
pub(super) fn known(path: &Path, found: u32) -> Result<(), Error> {
    let path = path.to_owned();
    if found > schema::USER_VERSION {
        return Err(Error::Newer {
            path,
            found,
            known: schema::USER_VERSION,
        });
    }
    if found < migration::OLDEST {
        return Err(Error::Older {
            path,
            found,
            oldest: migration::OLDEST,
        });
    }
    Ok(())
}

/// Nothing to open; but a write-ahead log without its database is what is left of a log, and SQLite deletes it.
fn nothing(path: &Path) -> Result<Found, Error> {
    if has_log(path) {
        return Err(Error::Corrupt {
            path: path.to_owned(),
            problem: "the file is empty or gone, and its write-ahead log is there".to_owned(),
        });
    }
    Ok(Found::Nothing)
}

/// Whether there is a write-ahead log with anything in it.
pub(super) fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

pub(super) fn failed(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}
