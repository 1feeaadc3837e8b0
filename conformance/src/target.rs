//! The component under test: a process group of its own with the environment that Knative would give it, or a URL.

mod output;
mod process;
mod sweep;

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::client::{Answer, Client, SendError};
use tokio::time::Instant;

use process::Process;
pub use process::{Ended, Surroundings};

use crate::case::End;

/// How long a component may take until it accepts connections.
pub const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long one request may take: what a broker gives it.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Requests in a row without an answer after which no more are made: each may take [`ANSWER_WITHIN`].
const MOST_SILENT: usize = 2;

/// Why there is nothing to judge.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command cannot be started.
    #[error("cannot start `{command}`: {source}")]
    Spawn {
        /// The command.
        command: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It ended before it was ready.
    #[error("the component ended before it was ready: {status}; its output is in {log}")]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// Where its output is.
        log: String,
    },
    /// It does not listen.
    #[error(
        "the component does not accept connections on PORT={port} within {seconds} s; its output is in {log}"
    )]
    NotReady {
        /// The port it was given.
        port: u16,
        /// How long was waited.
        seconds: u64,
        /// Where its output is.
        log: String,
    },
    /// Nobody answers at the URL.
    #[error("nothing accepts connections at {url}: {source}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What the client says.
        source: SendError,
    },
    /// Somebody else listens where the sink is to listen.
    #[error("the sink cannot listen on {address}: {source}; choose another --sink-listen")]
    Busy {
        /// Where.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system refuses something the runner needs.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Why there is no answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer {
    /// In words.
    pub why: String,
    /// The connection was closed before the answer, or had been while it lay in the pool: a broker delivers again then.
    pub hung_up: bool,
}

impl NoAnswer {
    /// It was not even sent.
    pub(crate) fn not_sent(why: &str) -> Self {
        Self {
            why: format!("not sent: {why}"),
            hung_up: false,
        }
    }
}

impl From<SendError> for NoAnswer {
    fn from(error: SendError) -> Self {
        Self {
            hung_up: matches!(error, SendError::Closed { .. }),
            why: error.to_string(),
        }
    }
}

/// Where the component comes from.
#[derive(Debug, Clone)]
pub enum Place {
    /// A command that starts it.
    Command(Vec<String>),
    /// It runs already.
    Url(String),
}

/// A running component.
#[derive(Debug)]
pub struct Target {
    process: Option<Process>,
    uri: String,
    client: Client,
    title_case: Client,
    silent: std::sync::atomic::AtomicUsize,
    answer_within: Duration,
    /// How long it took to be ready.
    pub ready_after: Duration,
}

impl Target {
    /// Starts a command and waits until it accepts connections, or looks whether somebody answers at a URL.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start(place: &Place, surroundings: &Surroundings) -> Result<Self, Error> {
        let begun = Instant::now();
        let (process, uri) = match place {
            Place::Command(command) => {
                let mut process = Process::spawn(command, surroundings)?;
                // A source need not listen: what it emits is its readiness.
                if surroundings.role.receives()
                    && let Err(error) = process.wait_ready().await
                {
                    if !matches!(error, Error::Ended { .. }) {
                        return Err(error);
                    }
                    // Somebody may have taken the port in the meantime: once more, on another.
                    process = Process::spawn(command, surroundings)?;
                    process.wait_ready().await?;
                }
                let uri = format!("http://127.0.0.1:{}/", process.port);
                (Some(process), uri)
            }
            Place::Url(url) => (None, url.clone()),
        };
        let target = Self {
            process,
            uri,
            client: Client::new(),
            title_case: Client::title_case(),
            silent: std::sync::atomic::AtomicUsize::new(0),
            answer_within: surroundings.answer_within,
            ready_after: begun.elapsed(),
        };
        if let Place::Url(url) = place {
            let probe = target
                .client
                .send("GET", url, &[], Bytes::new(), target.answer_within);
            if let Err(source @ SendError::Connect { .. }) = probe.await {
                let url = url.clone();
                return Err(Error::Unreachable { url, source });
            }
        }
        Ok(target)
    }

    /// Where it listens.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Sends a message, with header names in lower case or as `Content-Type`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(
        &self,
        method: &str,
        headers: &[(String, String)],
        body: Bytes,
        title_case: bool,
    ) -> Result<Answer, NoAnswer> {
        use std::sync::atomic::Ordering::Relaxed;
        if self.silent.load(Relaxed) >= MOST_SILENT {
            return Err(NoAnswer::not_sent(
                "it gave no answer to the requests before",
            ));
        }
        let client = if title_case {
            &self.title_case
        } else {
            &self.client
        };
        let answer = client
            .send(method, &self.uri, headers, body, self.answer_within)
            .await;
        match &answer {
            Ok(_) => self.silent.store(0, Relaxed),
            Err(SendError::Timeout { .. } | SendError::Protocol { .. }) => {
                self.silent.fetch_add(1, Relaxed);
            }
            Err(_) => {}
        }
        answer.map_err(NoAnswer::from)
    }

    /// Sends a message over a connection of its own: what is open already says nothing about who still listens.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn knock(
        &self,
        headers: &[(String, String)],
        body: Bytes,
        within: Duration,
    ) -> Result<Answer, NoAnswer> {
        let client = Client::new();
        let sent = client.send("POST", &self.uri, headers, body, within);
        sent.await.map_err(NoAnswer::from)
    }

    /// Whether the process still runs; a component at a URL does as far as we know.
    pub fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_none_or(Process::is_alive)
    }

    /// Asks it to stop without waiting for the end.
    pub fn ask_to_stop(&self) {
        if let Some(process) = &self.process {
            process.terminate();
        }
    }

    /// Ends the process group; a component at a URL is left alone.
    pub async fn stop(self, how: End) -> Option<Ended> {
        match self.process {
            Some(process) => Some(process.stop(how).await),
            None => None,
        }
    }
}

/// Runs a command that ends by itself, such as an ingestor; it is killed when it takes longer than `patience`.
///
/// # Errors
/// When it cannot be started.
pub async fn run_to_end(
    command: &[String],
    surroundings: &Surroundings,
    patience: Duration,
) -> Result<Ended, Error> {
    let process = Process::spawn(command, surroundings)?;
    Ok(process.finish(patience).await)
}

/// Where a component's output is written.
#[must_use]
pub fn log_file(folder: &std::path::Path, instance: usize) -> PathBuf {
    folder.join(format!("output-{instance}.log"))
}
