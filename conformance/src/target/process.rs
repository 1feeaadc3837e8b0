//! A process group with its environment, its readiness and its end.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::client::Client;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::sweep::{MARK, sweep};
use super::{Error, READY_WITHIN, output};
use crate::case::End;
use crate::role::Role;

/// How long a component may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How long the pipes of a process that has ended may stay open.
const PIPES_WITHIN: Duration = Duration::from_millis(500);

/// What a component is given.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Its role.
    pub role: Role,
    /// `K_SINK`.
    pub sink: String,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub telemetry: String,
    /// `INGENIUM_FIXTURE`.
    pub fixture: Option<PathBuf>,
    /// A folder that lives as long as the instance does, over restarts.
    pub state: PathBuf,
    /// Where its output goes.
    pub log: PathBuf,
    /// What `K_CE_OVERRIDES` asks for.
    pub run: String,
    /// How long an answer may take.
    pub answer_within: Duration,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Its status; none where it had to be killed.
    pub status: Option<ExitStatus>,
    /// How long that took.
    pub after: Duration,
}

/// A process that was started.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: Option<Pid>,
    pub(super) port: u16,
    log: PathBuf,
    readers: Vec<JoinHandle<()>>,
    mark: String,
}

impl Process {
    pub(super) fn spawn(command: &[String], given: &Surroundings) -> Result<Self, Error> {
        let system = |what: &str| {
            let what = what.to_owned();
            move |source| Error::System { what, source }
        };
        let port = free_port().map_err(system("no free port"))?;
        std::fs::create_dir_all(&given.state).map_err(system("folder for state"))?;
        let fixture = given
            .fixture
            .as_ref()
            .map(|path| path.display().to_string());
        let arguments = command.iter().map(|argument| {
            argument
                .replace("{port}", &port.to_string())
                .replace("{sink}", &given.sink)
                .replace("{otlp}", &given.telemetry)
                .replace("{state}", &given.state.display().to_string())
                .replace("{fixture}", fixture.as_deref().unwrap_or_default())
        });
        let mut arguments = arguments.collect::<Vec<_>>().into_iter();
        let mark = format!("{}-{}-{port}", given.run, std::process::id());
        let overrides = serde_json::json!({"extensions": {"conformancerun": given.run}});
        let mut process = Command::new(arguments.next().unwrap_or_default());
        process
            .args(arguments)
            .env("PORT", port.to_string())
            .env("K_SINK", &given.sink)
            .env("K_SINK_TIMEOUT", "30")
            .env("K_CE_OVERRIDES", overrides.to_string())
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &given.telemetry)
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
            .env("OTEL_SERVICE_NAME", format!("conformance-{}", given.role))
            .env("INGENIUM_ROLE", given.role.name())
            .env("INGENIUM_CONFORMANCE", "1")
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(fixture) = &fixture {
            process.env("INGENIUM_FIXTURE", fixture);
        }
        let mut child = process.spawn().map_err(|source| Error::Spawn {
            command: command.join(" "),
            source,
        })?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(output::keep(stdout, &given.log));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(output::keep(stderr, &given.log));
        }
        Ok(Self {
            child,
            group,
            port,
            log: given.log.clone(),
            readers,
            mark,
        })
    }

    pub(super) async fn wait_ready(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let log = self.log.display().to_string();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.end_readers().await;
                return Err(Error::Ended { status, log });
            }
            let connected = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await;
            if connected.is_ok() {
                break;
            }
            if Instant::now() > deadline {
                return Err(self.not_ready());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // A ready path is a custom, not a duty: 503 there means wait, anything else means go.
        let client = Client::new();
        let probe = format!("http://127.0.0.1:{}/readyz", self.port);
        while Instant::now() < deadline {
            let answer = client.send("GET", &probe, &[], Bytes::new(), Duration::from_secs(2));
            match answer.await {
                Ok(answer) if answer.status == 503 => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                _ => return Ok(()),
            }
        }
        Err(self.not_ready())
    }

    fn not_ready(&self) -> Error {
        self.signal(Signal::KILL);
        Error::NotReady {
            port: self.port,
            seconds: READY_WITHIN.as_secs(),
            log: self.log.display().to_string(),
        }
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks the whole group to stop and kills it when it does not; or kills it at once.
    pub(super) async fn stop(self, how: End) -> Ended {
        match how {
            End::Term => {
                self.signal(Signal::TERM);
                self.finish(STOP_WITHIN).await
            }
            End::Kill => self.finish(Duration::ZERO).await,
        }
    }

    /// Waits for the end, and kills what is left of the group.
    pub(super) async fn finish(mut self, patience: Duration) -> Ended {
        let begun = Instant::now();
        let status = match tokio::time::timeout(patience, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => None,
        };
        let after = begun.elapsed();
        // Grandchildren may have outlived their parent, and may have left its group.
        self.signal(Signal::KILL);
        sweep(&self.mark);
        if status.is_none() {
            drop(self.child.wait().await);
        }
        self.end_readers().await;
        Ended { status, after }
    }

    /// What was printed before the end is in the pipes still; what escaped the group may hold them open for ever.
    async fn end_readers(&mut self) {
        for reader in &mut self.readers {
            if tokio::time::timeout(PIPES_WITHIN, &mut *reader)
                .await
                .is_err()
            {
                reader.abort();
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // An error means that the group is gone already, which is what is wanted.
            kill_process_group(group, signal).ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whatever the reason that the run ends early: nothing is left behind.
        self.signal(Signal::KILL);
        sweep(&self.mark);
        for reader in &self.readers {
            reader.abort();
        }
    }
}

/// Ports that the system hands out to nobody by itself: from 32768 on every outgoing connection may take one in the
/// moment between finding it free and the component's listening on it.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The next port to try, in this process.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port that nobody listens on.
fn free_port() -> std::io::Result<u16> {
    let size = PORTS.end - PORTS.start;
    // Runs beside each other begin at different places.
    let process = u16::try_from(std::process::id() % u32::from(size)).unwrap_or_default();
    let first = process.wrapping_mul(97) % size;
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    for _ in 0..size {
        let step = NEXT.fetch_add(1, Ordering::Relaxed) % size;
        let port = PORTS.start + (first + step) % size;
        match std::net::TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}
