//! The component under test: a process group of its own, with the environment that Knative would give it.

use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::client::{Answer, Client};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// How long a component may take until it accepts connections.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long one request may take: what a broker gives it.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How long a component may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

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
    /// The system refuses something the runner needs.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A running component.
#[derive(Debug)]
pub struct Target {
    child: Child,
    group: Option<Pid>,
    port: u16,
    client: Client,
    title_case: Client,
}

impl Target {
    /// Starts `command` and waits until it accepts connections.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start(
        command: &[String],
        role: &str,
        sink: &str,
        output: &Path,
    ) -> Result<Self, Error> {
        let shown = command.join(" ");
        let system = |what: &str| {
            let what = what.to_owned();
            move |source| Error::System { what, source }
        };
        let log = output.join("component.log");
        let stdout = File::create(&log).map_err(system("component.log"))?;
        let stderr = stdout.try_clone().map_err(system("component.log"))?;
        let port = free_port().map_err(system("no free port"))?;
        let arguments = command.iter().map(|argument| {
            argument
                .replace("{port}", &port.to_string())
                .replace("{sink}", sink)
        });
        let mut arguments = arguments.collect::<Vec<_>>().into_iter();
        let mut process = Command::new(arguments.next().unwrap_or_default());
        process
            .args(arguments)
            .env("PORT", port.to_string())
            .env("K_SINK", sink)
            .env("K_SINK_TIMEOUT", "30")
            .env("K_CE_OVERRIDES", r#"{"extensions":{"conformancerun":"1"}}"#)
            .env("INGENIUM_ROLE", role)
            .env("INGENIUM_CONFORMANCE", "1")
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .kill_on_drop(true);
        let child = process.spawn().map_err(|source| Error::Spawn {
            command: shown,
            source,
        })?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let mut target = Self {
            child,
            group,
            port,
            client: Client::new(),
            title_case: Client::title_case(),
        };
        target.wait_ready(&log).await?;
        Ok(target)
    }

    /// Posts a message, with header names in lower case or as `Content-Type`; `None` where no answer comes.
    pub async fn post(
        &self,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
        title_case: bool,
    ) -> Option<Answer> {
        let uri = format!("http://127.0.0.1:{}/", self.port);
        let client = if title_case {
            &self.title_case
        } else {
            &self.client
        };
        client
            .send("POST", &uri, headers, body.into(), ANSWER_WITHIN)
            .await
            .ok()
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks the whole process group to stop, and kills it when it does not.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        if tokio::time::timeout(STOP_WITHIN, self.child.wait())
            .await
            .is_err()
        {
            self.signal(Signal::KILL);
            drop(self.child.wait().await);
        }
        // Grandchildren may have outlived their parent.
        self.signal(Signal::KILL);
    }

    async fn wait_ready(&mut self, log: &Path) -> Result<(), Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let log = log.display().to_string();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Error::Ended { status, log });
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                break;
            }
            if Instant::now() > deadline {
                return Err(Error::NotReady {
                    port: self.port,
                    seconds: READY_WITHIN.as_secs(),
                    log,
                });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // A ready path is a custom, not a duty: 503 there means wait, anything else means go.
        let probe = format!("http://127.0.0.1:{}/readyz", self.port);
        while Instant::now() < deadline {
            match self
                .client
                .send("GET", &probe, &[], Bytes::new(), Duration::from_secs(2))
                .await
            {
                Ok(answer) if answer.status == 503 => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                _ => return Ok(()),
            }
        }
        Err(Error::NotReady {
            port: self.port,
            seconds: READY_WITHIN.as_secs(),
            log,
        })
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // An error means that the group is gone already, which is what is wanted.
            kill_process_group(group, signal).ok();
        }
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
