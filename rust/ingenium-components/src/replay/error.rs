//! Why events are not replayed to their end.

/// Why the events were not replayed to their end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file is named.
    #[error("no input: name a recording or a broker's store in `file`")]
    NoFile,
    /// The file cannot be read.
    #[error("`{path}`: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not the store of a broker.
    #[error("`{path}`: {source}; expected the store of a broker, with events in `event_json`")]
    Store {
        /// The file.
        path: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Something in the file is no event.
    #[error(
        "`{path}`, line or offset {place}: {problem}{more}; expected one structured CloudEvent a line"
    )]
    Bad {
        /// The file.
        path: String,
        /// The first bad line, counted from 1, or its offset in the store.
        place: u64,
        /// What is wrong with it.
        problem: String,
        /// How many others there are, in words; empty for none.
        more: String,
    },
    /// The sink refused an event for good.
    #[error("the sink refused event `{id}` of `{source_uri}`: status {status}: {answer}")]
    Refused {
        /// The event's id.
        id: String,
        /// The event's source.
        source_uri: String,
        /// The status of the answer.
        status: u16,
        /// The start of the answer.
        answer: String,
    },
}
