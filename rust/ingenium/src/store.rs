//! The component store: state, seen events, natural keys and outbox in one SQLite file.
//!
//! One event is one transaction and one sync. What was sent is struck out with the next event's transaction: a lost
//! mark is one resend of an event that every receiver knows already.

mod layout;

use std::path::{Path, PathBuf};

use ingenium_runtime::environment::StateSync;
use ingenium_trading::States;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

const STRIKE_OUT: &str = "DELETE FROM outbox WHERE seq <= ?1 AND refused IS NULL";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SQLite cannot open, read or write the file.
    #[error(
        "component store `{path}`: {source}; check that the folder is writable and the disk is not full"
    )]
    Sqlite {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file is not a component store, or a newer one.
    #[error("component store `{path}` {found}; move it away or name another file")]
    Foreign {
        /// The file.
        path: String,
        /// What it is instead.
        found: String,
    },
    /// A state row does not have the role's form.
    #[error(
        "component store `{path}`, state `{key}`: {source}; it was written by another version of this role"
    )]
    State {
        /// The file.
        path: String,
        /// The key of the row.
        key: String,
        /// What does not fit.
        source: serde_json::Error,
    },
}

/// An event that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the outbox.
    pub seq: i64,
    /// `source` of the event that caused it.
    pub cause_source: String,
    /// `id` of the event that caused it.
    pub cause_id: String,
    /// Binary-mode headers.
    pub headers: Vec<(String, String)>,
    /// The data.
    pub body: Vec<u8>,
}

/// An event in binary mode: headers and body.
pub type Output = (Vec<(String, String)>, Vec<u8>);

/// What one event changes beside the state.
#[derive(Debug)]
pub struct Receipt<'a> {
    /// `source` of the event.
    pub source: &'a str,
    /// `id` of the event.
    pub id: &'a str,
    /// The fingerprint of what it says: the same (source, id) must say the same again.
    pub said: &'a str,
    /// Its natural key and canonical content.
    pub natural_key: Option<(&'a str, &'a str)>,
    /// The events that it caused: headers and body.
    pub outputs: Vec<Output>,
}

/// An open component store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens or creates the file; `None` keeps everything in memory.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when the file cannot be used, [`Error::Foreign`] when it is something else.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let shown = path.unwrap_or(Path::new(":memory:")).to_owned();
        let connection = match path {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        };
        let fail = |source| Error::Sqlite {
            path: shown.display().to_string(),
            source,
        };
        let connection = connection.map_err(fail)?;
        layout::prepare(&connection, &shown)?;
        Ok(Self {
            connection,
            path: shown,
        })
    }

    /// What a commit has put on disk; a store that was opened says `Full`.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when the file cannot be used.
    pub fn sync(&self, sync: StateSync) -> Result<(), Error> {
        let mode = match sync {
            StateSync::Full => "FULL",
            StateSync::Normal => "NORMAL",
        };
        let set = self.connection.pragma_update(None, "synchronous", mode);
        set.map_err(|error| self.sqlite(error))
    }

    /// All state rows.
    ///
    /// # Errors
    /// [`Error::State`] when a row does not have the role's form.
    pub fn states<S: DeserializeOwned + Clone + Default>(&self) -> Result<States<S>, Error> {
        let mut statement = self
            .connection
            .prepare("SELECT key, value FROM state")
            .map_err(|e| self.sqlite(e))?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .map_err(|e| self.sqlite(e))?;
        let mut entries = Vec::new();
        for row in rows {
            let (key, value) = row.map_err(|e| self.sqlite(e))?;
            let state = serde_json::from_str(&value).map_err(|source| Error::State {
                path: self.path.display().to_string(),
                key: key.clone(),
                source,
            })?;
            entries.push((key, state));
        }
        Ok(States::restore(entries))
    }

    /// What an event said when it was handled; `None` if it was not.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn said_before(&self, source: &str, id: &str) -> Result<Option<String>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT said FROM seen WHERE source = ?1 AND id = ?2")
            .map_err(|e| self.sqlite(e))?;
        statement
            .query_row([source, id], |row| row.get(0))
            .optional()
            .map_err(|e| self.sqlite(e))
    }

    /// The content that was recorded under a natural key.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn content_of(&self, natural_key: &str) -> Result<Option<String>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT content FROM natural_keys WHERE key = ?1")
            .map_err(|e| self.sqlite(e))?;
        statement
            .query_row([natural_key], |row| row.get(0))
            .optional()
            .map_err(|e| self.sqlite(e))
    }

    /// Writes one event's effect in one transaction, strikes out what was sent up to `sent`, and returns the new
    /// outbox rows. The effect is durable when this returns.
    ///
    /// # Errors
    /// [`Error::Sqlite`]; nothing is written then.
    pub fn commit<S: Serialize + Clone + Default>(
        &mut self,
        states: &States<S>,
        receipt: Receipt<'_>,
        sent: i64,
    ) -> Result<Vec<Row>, Error> {
        let path = self.path.display().to_string();
        let write = || -> Result<Vec<Row>, rusqlite::Error> {
            let transaction = self.connection.transaction()?;
            write_states(&transaction, states)?;
            transaction
                .prepare_cached("INSERT INTO seen VALUES (?1, ?2, ?3)")?
                .execute([receipt.source, receipt.id, receipt.said])?;
            if let Some((key, content)) = receipt.natural_key {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO natural_keys VALUES (?1, ?2)")?
                    .execute([key, content])?;
            }
            transaction.prepare_cached(STRIKE_OUT)?.execute([sent])?;
            let mut rows = Vec::with_capacity(receipt.outputs.len());
            for (headers, body) in receipt.outputs {
                let json = serde_json::to_string(&headers).map_err(into_sqlite)?;
                transaction
                    .prepare_cached("INSERT INTO outbox (cause_source, cause_id, headers, body) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![receipt.source, receipt.id, json, body])?;
                let (cause_source, cause_id) = (receipt.source.to_owned(), receipt.id.to_owned());
                rows.push(Row {
                    seq: transaction.last_insert_rowid(),
                    cause_source,
                    cause_id,
                    headers,
                    body,
                });
            }
            transaction.commit()?;
            Ok(rows)
        };
        write().map_err(|source| Error::Sqlite { path, source })
    }

    /// The rows that still have to be sent, in order.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn pending(&self) -> Result<Vec<Row>, Error> {
        let read = || -> Result<Vec<Row>, rusqlite::Error> {
            let mut statement = self.connection.prepare(
                "SELECT seq, cause_source, cause_id, headers, body FROM outbox WHERE refused IS NULL ORDER BY seq",
            )?;
            let rows = statement.query_map([], |row| {
                let headers: String = row.get(3)?;
                Ok(Row {
                    seq: row.get(0)?,
                    cause_source: row.get(1)?,
                    cause_id: row.get(2)?,
                    headers: serde_json::from_str(&headers).map_err(into_sqlite)?,
                    body: row.get(4)?,
                })
            })?;
            rows.collect()
        };
        read().map_err(|e| self.sqlite(e))
    }

    /// Strikes out what was sent up to `sent`, without waiting for the next event.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn strike_out(&self, sent: i64) -> Result<(), Error> {
        self.connection
            .execute(STRIKE_OUT, [sent])
            .map(|_| ())
            .map_err(|e| self.sqlite(e))
    }

    /// Keeps a row that the sink refused for good, with the sink's answer, and never sends it again.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn refuse(&self, seq: i64, answer: &str) -> Result<(), Error> {
        self.connection
            .execute(
                "UPDATE outbox SET refused = ?2 WHERE seq = ?1",
                params![seq, answer],
            )
            .map(|_| ())
            .map_err(|e| self.sqlite(e))
    }

    fn sqlite(&self, source: rusqlite::Error) -> Error {
        Error::Sqlite {
            path: self.path.display().to_string(),
            source,
        }
    }
}

fn write_states<S: Serialize + Clone + Default>(
    transaction: &Transaction<'_>,
    states: &States<S>,
) -> Result<(), rusqlite::Error> {
    for (key, state) in states.changes() {
        match state {
            Some(state) => {
                let json = serde_json::to_string(state).map_err(into_sqlite)?;
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?
                    .execute([key, &json])?;
            }
            None => drop(
                transaction
                    .prepare_cached("DELETE FROM state WHERE key = ?1")?
                    .execute([key])?,
            ),
        }
    }
    Ok(())
}

fn into_sqlite(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

#[cfg(test)]
mod tests {
    use ingenium_runtime::environment::StateSync;

    use super::Store;

    /// From outside the difference shows when a machine loses its power.
    #[test]
    fn a_commit_is_synced_unless_told_otherwise() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(Some(&folder.path().join("state.db"))).expect("a store");
        let mode = || {
            let mode = store
                .connection
                .pragma_query_value(None, "synchronous", |row| row.get::<_, u8>(0));
            mode.expect("SQLite has it")
        };
        let (normal, full): (u8, u8) = (1, 2);
        assert_eq!(mode(), full);
        store.sync(StateSync::Normal).expect("settable");
        assert_eq!(mode(), normal);
        store.sync(StateSync::Full).expect("settable");
        assert_eq!(mode(), full);
    }
}
