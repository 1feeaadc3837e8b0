//! What stands in the file.

use rusqlite::Connection;

/// Marks the file as ours (`INGB`).
pub(super) const APPLICATION_ID: u32 = 0x494e_4742;

/// The format of the file.
pub(super) const USER_VERSION: u32 = 2;

/// The log.
///
/// `stored` is the wall clock in milliseconds since 1970-01-01 UTC; `checksum` is that of
/// [`checksum`](super::checksum), absent in rows of version 1; `repeat` counts the tellings of an event in profiles that
/// keep each of them, and is 0 in others.
pub(super) const EVENTS: &str = "
CREATE TABLE events (
    offset INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT,
    time TEXT,
    attributes TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('binary', 'structured')),
    headers TEXT NOT NULL,
    data TEXT CHECK (data IN ('json', 'binary')),
    body BLOB NOT NULL,
    stored INTEGER NOT NULL,
    checksum INTEGER,
    repeat INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, id, repeat)
) STRICT;
";

/// The log for people and for the plain `sqlite3` shell, which has no base64 function: so the base64 text of data that is
/// not JSON is kept beside it, in `base64_data`.
pub(super) const VIEW: &str = "
CREATE VIEW event_json (offset, json) AS
SELECT
    offset,
    CASE data
        WHEN 'json' THEN substr(attributes, 1, length(attributes) - 1) || ',\"data\":' || CAST(body AS TEXT) || '}'
        WHEN 'binary' THEN substr(attributes, 1, length(attributes) - 1) || ',\"data_base64\":\"'
            || (SELECT text FROM base64_data WHERE base64_data.offset = events.offset) || '\"}'
        ELSE attributes
    END
FROM events;
";

/// Everything else that a new file gets.
const TABLES: &str = "
CREATE TABLE base64_data (
    offset INTEGER PRIMARY KEY REFERENCES events (offset),
    text TEXT NOT NULL
) STRICT;
CREATE TABLE deliveries (
    trigger TEXT NOT NULL,
    offset INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'dead_letter')),
    attempts INTEGER NOT NULL,
    status INTEGER,
    reason TEXT NOT NULL,
    PRIMARY KEY (trigger, offset)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_unsettled ON deliveries (state, trigger, offset) WHERE state <> 'settled';
CREATE TABLE triggers (
    name TEXT PRIMARY KEY,
    object TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE brokers (
    name TEXT PRIMARY KEY,
    object TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// One row: the first offset that is kept, and how many deliveries of the events before it were accepted and given up.
pub(super) const RETENTION: &str = "
CREATE TABLE retention (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    first INTEGER NOT NULL CHECK (first > 0),
    delivered INTEGER NOT NULL,
    dead_letters INTEGER NOT NULL
) STRICT;
INSERT INTO retention VALUES (1, 1, 0, 0);
";

/// Makes what a new file has.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    for statements in [EVENTS, TABLES, VIEW, RETENTION] {
        connection.execute_batch(statements)?;
    }
    Ok(())
}
