//! The store of a broker: its log, read and never written.

use std::collections::VecDeque;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::{Error, Input, Item, Place, recording};

/// So many events are in memory at a time.
const PAGE: i64 = 256;

/// The log of a broker, oldest first.
pub(super) struct Store {
    path: String,
    database: Connection,
    page: VecDeque<(i64, Vec<u8>)>,
    last: i64,
}

impl Store {
    /// Opens the file to read it: it is not written, and not made.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match Connection::open_with_flags(path, flags) {
            Ok(database) => Ok(Self {
                path: shown,
                database,
                page: VecDeque::new(),
                last: i64::MIN,
            }),
            Err(source) => Err(Error::Store {
                path: shown,
                source,
            }),
        }
    }

    fn turn(&self) -> rusqlite::Result<VecDeque<(i64, Vec<u8>)>> {
        let mut select = self.database.prepare_cached(
            "select offset, json from event_json where offset > ?1 order by offset limit ?2",
        )?;
        let rows = select.query_map([self.last, PAGE], |row: &Row<'_>| {
            let json = match row.get_ref(1)? {
                ValueRef::Text(text) | ValueRef::Blob(text) => text.to_vec(),
                _ => Vec::new(),
            };
            Ok((row.get(0)?, json))
        })?;
        rows.collect()
    }
}

impl Input for Store {
    fn next(&mut self, types: &[String]) -> Result<Option<Item>, Error> {
        if self.page.is_empty() {
            self.page = self.turn().map_err(|source| Error::Store {
                path: self.path.clone(),
                source,
            })?;
        }
        let Some((offset, json)) = self.page.pop_front() else {
            return Ok(None);
        };
        self.last = offset;
        let place = Place::try_from(offset).unwrap_or_default();
        Ok(Some((place, recording::event(json, types))))
    }
}
