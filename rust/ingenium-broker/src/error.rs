//! Why a broker cannot do what it is asked.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a broker cannot be opened or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}; choose a free port, 0 takes one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The address is not of this machine alone, and nothing has to be shown.
    #[error(
        "`{address}` is no loopback address and there is no token: whoever reaches it could send events and change triggers; listen on 127.0.0.1 or name a token file"
    )]
    Exposed {
        /// The address.
        address: SocketAddr,
    },
    /// The file cannot be read or written.
    #[error("store `{}`: {source}; name a file in a writable folder", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file may only be read.
    #[error("store `{}` is read-only; make it writable or name another file", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process uses the file.
    #[error("store `{}` is used by {holder}; stop it or name another file", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who uses it.
        holder: String,
    },
    /// The file belongs to another program. It was not touched.
    #[error("store `{}` is no event log of this program; name another file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version. It was not touched.
    #[error("store `{}` has format {found}, this version reads {known}; use the newer version", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format that is read.
        known: u32,
    },
    /// The file was written by a version so old that it is not migrated. It was not touched.
    #[error("store `{}` has format {found}, this version migrates {oldest} and later; open it with a version between", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The oldest format that is migrated.
        oldest: u32,
    },
    /// There is a file where a copy was to be put.
    #[error("`{}` exists; name a file that does not, or move this one away", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("store `{}` is damaged: {problem}; `ingenium broker check` says what else is, restore a copy or start with a new file", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The store fails.
    #[error("store: {0}")]
    Store(#[from] rusqlite::Error),
    /// The store has failed earlier, or the broker is stopping.
    #[error("the store takes nothing: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// A trigger cannot be used.
    #[error(transparent)]
    Trigger(#[from] crate::trigger::Invalid),
    /// A run in step order needs all of its events.
    #[error("retention is set in mode `step`; a run needs all of its events, leave retention out")]
    Retention,
    /// In mode `step` the order of a run is fixed when its dispatch starts.
    #[error(
        "{object}: a run in step order cannot be changed after its dispatch has started; only `spec.subscriber.uri` may change"
    )]
    Running {
        /// The object that was to be changed, such as ``trigger `t` ``.
        object: String,
    },
}
