//! The log of a broker that need not be running.

use std::path::Path;

use ingenium_contract::CloudEvent;
use rusqlite::Connection;

use super::record::Shared;
use super::{file, header, reader};
use crate::error::Error;
use crate::events::outside;
use crate::log::PAGE_BYTES;
use crate::trigger::{BrokerObject, Profile, Start};

/// The events of a file, read while a broker writes it or none does.
#[derive(Debug)]
pub struct Recording {
    connection: Connection,
}

impl Recording {
    /// Opens the file of a broker for reading.
    ///
    /// # Errors
    /// When it is no log, or not of a version that is read here.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let path = header::resolve(path)?;
        let connection = file::open_to_read(&path)?;
        Ok(Self { connection })
    }

    /// Whose behaviour the broker `name` has: it decides how filters are read.
    ///
    /// # Errors
    /// When the file cannot be read, or the broker's object in it not be used.
    pub fn profile(&self, name: &str) -> Result<Profile, Error> {
        let Some(object) = reader::broker(&self.connection, name)? else {
            return Ok(Profile::default());
        };
        let (_, object) = BrokerObject::from_json(object.as_bytes())?;
        Ok(object.profile)
    }

    /// The last offset, 0 in an empty log.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head(&self) -> Result<u64, Error> {
        Ok(reader::head(&self.connection)?)
    }

    /// The offset before the first event at `start`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn position(&self, start: &Start) -> Result<u64, Error> {
        Ok(match start {
            Start::Latest => self.head()?,
            Start::Earliest => 0,
            Start::Offset(first) => first - 1,
            Start::Time(time) => match reader::first_from(&self.connection, *time)? {
                Some(first) => first - 1,
                None => self.head()?,
            },
        })
    }

    /// Calls `each` with offset and event for all events after `position`, up to `to`, in log order, until it fails.
    ///
    /// # Errors
    /// When the file cannot be read, or what `each` says.
    pub fn for_each<E: From<Error>>(
        &self,
        position: u64,
        to: u64,
        mut each: impl FnMut(u64, &CloudEvent) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut next = position + 1;
        while next <= to {
            let page: Vec<Shared> =
                reader::page(&self.connection, next, PAGE_BYTES).map_err(Error::from)?;
            if page.is_empty() {
                return Ok(());
            }
            for stored in page {
                next = stored.offset + 1;
                if stored.offset <= to {
                    each(stored.offset, &outside(&stored.event))?;
                }
            }
        }
        Ok(())
    }
}
