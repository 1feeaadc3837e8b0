//! The component store: state, seen events, natural keys and outbox in one SQLite file.
//!
//! One event is one transaction and one sync. What was sent is struck out with the next event's transaction: a lost
//! mark is one resend of an event that every receiver knows already.

use std::path::{Path, PathBuf};

use ingenium_trading::States;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The layout that this version reads and writes, in `PRAGMA user_version`.
const LAYOUT: i64 = 1;

/// Marks the file as a component store, in `PRAGMA application_id` (`IngC`).
const APPLICATION_ID: i64 = 0x496e_6743;

const TABLES: &str = "
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE seen (source TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
    CREATE TABLE natural_keys (key TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      cause_source TEXT NOT NULL, cause_id TEXT NOT NULL,
      headers TEXT NOT NULL, body BLOB NOT NULL,
      refused TEXT
    );";

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
        prepare(&connection, &shown)?;
        Ok(Self {
            connection,
            path: shown,
        })
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

    /// Whether an event was handled before.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn has_seen(&self, source: &str, id: &str) -> Result<bool, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM seen WHERE source = ?1 AND id = ?2")
            .map_err(|e| self.sqlite(e))?;
        statement.exists([source, id]).map_err(|e| self.sqlite(e))
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
                .prepare_cached("INSERT INTO seen VALUES (?1, ?2)")?
                .execute([receipt.source, receipt.id])?;
            if let Some((key, content)) = receipt.natural_key {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO natural_keys VALUES (?1, ?2)")?
                    .execute([key, content])?;
            }
            transaction
                .prepare_cached("DELETE FROM outbox WHERE seq <= ?1 AND refused IS NULL")?
                .execute([sent])?;
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

fn prepare(connection: &Connection, path: &Path) -> Result<(), Error> {
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
