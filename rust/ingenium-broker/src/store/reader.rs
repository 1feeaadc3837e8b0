//! Reading the log while it is written.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use ingenium_contract::Time;
use ingenium_types::scalar::UtcTimestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::record::{COLUMNS, Shared, column, from_row, offset};
use super::transaction::replayed_key;
use crate::counts::Counts;
use crate::error::Error;

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The trigger.
    pub trigger: String,
    /// The event's place in the log.
    pub offset: u64,
    /// The event's `source`.
    pub source: String,
    /// The event's `id`.
    pub id: String,
    /// The event's `type`.
    pub type_: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The last answer's status; `None` when there was none.
    pub status: Option<u16>,
    /// Why it was given up.
    pub reason: String,
}

impl std::fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "trigger {} gave up event {} of {} ({}) after {} attempts: {}",
            self.trigger, self.id, self.source, self.type_, self.attempts, self.reason
        )
    }
}

/// A connection that only reads. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Reader(Arc<Mutex<Connection>>);

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        // To write, though nothing is written: whoever closes last removes the write-ahead log, and may not if it may
        // only read.
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs a query away from the tasks that serve.
    pub(crate) async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = self.clone();
        let done = tokio::task::spawn_blocking(move || query(&reader.lock())).await;
        done.map_err(|error| Error::Unavailable {
            reason: error.to_string(),
        })?
        .map_err(Error::Store)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().expect("no query panics")
    }
}

/// Up to `count` events from `first` on.
pub(crate) fn events(
    connection: &Connection,
    first: u64,
    count: usize,
) -> rusqlite::Result<Vec<Shared>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE offset >= ?1 ORDER BY offset LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![column(first), count], from_row)?;
    rows.map(|row| row.map(Arc::new)).collect()
}

/// Events from `first` on, until together they have so many bytes.
pub(crate) fn page(
    connection: &Connection,
    first: u64,
    most: usize,
) -> rusqlite::Result<Vec<Shared>> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE offset >= ?1 ORDER BY offset LIMIT 512");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![column(first)])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while bytes < most
        && let Some(row) = rows.next()?
    {
        let event = from_row(row)?;
        bytes += crate::log::size(&event);
        events.push(Arc::new(event));
    }
    Ok(events)
}

/// The last offset, 0 in an empty log.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT coalesce(max(offset), 0) FROM events", [], |row| {
        row.get(0).map(offset)
    })
}

/// The first offset that retention has kept.
pub(crate) fn first(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT first FROM retention", [], |row| {
        row.get(0).map(offset)
    })
}

/// The bytes of the file that are in use; free pages, which new events fill first, are not.
pub(crate) fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0).map(offset));
    Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
}

/// The bytes of the file.
pub(crate) fn bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0).map(offset));
    Ok(pragma("page_count")? * pragma("page_size")?)
}

/// When the first event after `position` was stored: milliseconds since 1970-01-01 UTC.
pub(crate) fn stored_after(
    connection: &Connection,
    position: u64,
) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection
        .prepare_cached("SELECT stored FROM events WHERE offset > ?1 ORDER BY offset LIMIT 1")?;
    statement
        .query_row(params![column(position)], |row| row.get(0))
        .optional()
}

/// The totals of the log as it is on disk, what retention has removed included.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get(0).map(offset));
    let removed = |what: &str| count(&format!("SELECT {what} FROM retention"));
    // Those that are settled are by far the most and in no index: counted as what is left of all. That walks all leaves of
    // the table (docs/performance.md).
    let all = count("SELECT count(*) FROM deliveries")?;
    let unsettled = count("SELECT count(*) FROM deliveries WHERE state <> 'settled'")?;
    Ok(Counts {
        // Offsets have no gaps.
        stored: head(connection)?,
        delivered: all - unsettled + removed("delivered")?,
        dead_letters: count("SELECT count(*) FROM deliveries WHERE state = 'dead_letter'")?
            + removed("dead_letters")?,
        late: meta(connection, super::writer::LATE)?
            .and_then(|late| late.parse().ok())
            .unwrap_or(0),
        removed: first(connection)? - 1,
        open: 0,
        input_delivered: 0,
    })
}

/// A value of `meta`.
pub(crate) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    statement.query_row([key], |row| row.get(0)).optional()
}

/// A trigger as it is kept.
#[derive(Debug)]
pub(crate) struct KeptTrigger {
    pub(crate) object: String,
    /// Everything up to here is settled.
    pub(crate) position: u64,
    /// Events up to here are replayed.
    pub(crate) replayed: u64,
}

/// The triggers by name.
pub(crate) fn triggers(connection: &Connection) -> rusqlite::Result<BTreeMap<String, KeptTrigger>> {
    let mut statement = connection.prepare("SELECT name, object, position FROM triggers")?;
    let rows = statement.query_map([], |row| {
        let name: String = row.get(0)?;
        let replayed = meta(connection, &replayed_key(&name))?;
        let kept = KeptTrigger {
            object: row.get(1)?,
            position: offset(row.get(2)?),
            replayed: replayed.and_then(|text| text.parse().ok()).unwrap_or(0),
        };
        Ok((name, kept))
    })?;
    rows.collect()
}

/// The first offset whose event's `time` is not before `time`. Times stand as text with offsets and fractions of any
/// length: each is read.
pub(crate) fn first_from(
    connection: &Connection,
    time: UtcTimestamp,
) -> rusqlite::Result<Option<u64>> {
    let mut statement = connection
        .prepare("SELECT offset, time FROM events WHERE time IS NOT NULL ORDER BY offset")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        let instant = Time::parse(&text).and_then(|time| time.instant());
        if instant.is_some_and(|instant| instant >= time) {
            return Ok(Some(offset(row.get(0)?)));
        }
    }
    Ok(None)
}

/// The object of a broker.
pub(crate) fn broker(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "SELECT object FROM brokers WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
        .optional()
}

/// What is over for a trigger after `position`.
pub(crate) fn settled(
    connection: &Connection,
    trigger: &str,
    position: u64,
) -> rusqlite::Result<HashSet<u64>> {
    let mut statement = connection.prepare(
        "SELECT offset FROM deliveries WHERE trigger = ?1 AND offset > ?2 AND state <> 'open'",
    )?;
    let rows = statement.query_map(params![trigger, column(position)], |row| {
        row.get(0).map(offset)
    })?;
    rows.collect()
}

/// The delivery that was being made when the last process ended.
pub(crate) fn open_delivery(connection: &Connection) -> rusqlite::Result<Option<(String, u64)>> {
    connection
        .query_row(
            "SELECT trigger, offset FROM deliveries WHERE state = 'open' ORDER BY offset LIMIT 1",
            [],
            |row| Ok((row.get(0)?, offset(row.get(1)?))),
        )
        .optional()
}

/// The deliveries that were given up.
pub(crate) fn dead_letters(connection: &Connection) -> rusqlite::Result<Vec<DeadLetter>> {
    let mut statement = connection.prepare(
        "SELECT trigger, offset, source, id, type, attempts, status, reason
         FROM deliveries JOIN events USING (offset) WHERE state = 'dead_letter' ORDER BY offset, trigger",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(DeadLetter {
            trigger: row.get(0)?,
            offset: offset(row.get(1)?),
            source: row.get(2)?,
            id: row.get(3)?,
            type_: row.get(4)?,
            attempts: row.get(5)?,
            status: row.get(6)?,
            reason: row.get(7)?,
        })
    })?;
    rows.collect()
}
