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
    UNIQUE (source, id)
) STRICT;
CREATE TABLE base64_data (
    offset INTEGER PRIMARY KEY REFERENCES events (offset),
    text TEXT NOT NULL
) STRICT;
CREATE VIEW event_json (offset, json) AS
SELECT
    offset,
    CASE data
        WHEN 'json' THEN substr(attributes, 1, length(attributes) - 1) || ',"data":' || CAST(body AS TEXT) || '}'
        WHEN 'binary' THEN substr(attributes, 1, length(attributes) - 1) || ',"data_base64":"'
            || (SELECT text FROM base64_data WHERE base64_data.offset = events.offset) || '"}'
        ELSE attributes
    END
FROM events;
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
