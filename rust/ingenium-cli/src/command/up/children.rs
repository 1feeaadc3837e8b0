//! The components: child processes of the same program, with the environment that Knative would give them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ingenium_runtime::environment::Environment;
use ingenium_runtime::http::client::Client;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::directory::Directory;
use crate::command::free_port;
use crate::exit::{Code, Failure};

/// How long components may take until they are ready, the flush of an earlier crash included.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long components may take to stop before they are killed.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A component to start.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    /// Its name here: of its configuration, state and log.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
}

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The registry of this program, under this name (`role/name`).
    Registry(String),
    /// The user's command, as the shell reads it.
    Command(String),
    /// Somebody else runs it, here.
    Url(String),
}

/// What happened to a child.
#[derive(Debug)]
pub(crate) enum Event {
    /// The ingestor has sent all bars.
    InputEnded,
    /// A component ended that should not have.
    Died(Death),
}

/// The end of a component, with its last words.
#[derive(Debug)]
pub(crate) struct Death {
    pub(crate) component: String,
    pub(crate) status: ExitStatus,
    pub(crate) log: PathBuf,
    pub(crate) last_lines: Vec<String>,
}

/// The running components.
pub(crate) struct Children {
    running: BTreeMap<&'static str, Running>,
    /// Components of this program: they have a ready path.
    ours: BTreeSet<&'static str>,
    /// Components that run without us.
    elsewhere: BTreeMap<&'static str, String>,
    directory: Directory,
    sink: String,
    log_filter: Option<String>,
}

struct Running {
    child: Child,
    port: u16,
}

const INGESTOR: &str = "ingestor";

impl Children {
    pub(crate) fn new(
        directory: &Directory,
        broker: SocketAddr,
        environment: &Environment,
    ) -> Self {
        Self {
            running: BTreeMap::new(),
            ours: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            directory: directory.clone(),
            sink: format!("http://{broker}/{}/{}", super::NAMESPACE, super::BROKER),
            log_filter: environment.get("RUST_LOG").map(ToOwned::to_owned),
        }
    }

    /// Starts a component. It stops when this process ends, because it holds the other end of its stdin.
    pub(crate) fn start(&mut self, component: &Component) -> Result<(), Failure> {
        let name = component.name;
        let program = std::env::current_exe().map_err(Failure::internal)?;
        let mut command = Command::new(program);
        match &component.place {
            Place::Registry(registry) => {
                command
                    .arg("run")
                    .arg(registry)
                    .arg("--config")
                    .arg(self.directory.config(name));
                command.arg("--exit-with-parent").env_clear();
                self.ours.insert(name);
            }
            // The user's own program wants the user's own environment.
            Place::Command(line) => drop(command.args(["guard", "--", "sh", "-c", line])),
            Place::Url(url) => {
                self.elsewhere.insert(name, url.clone());
                return Ok(());
            }
        }
        let log_path = self.directory.log(name);
        let log = File::create(&log_path).map_err(|error| {
            Failure::new(Code::Usage, format!("`{}`: {error}", log_path.display()))
        })?;
        let port = free_port()?;
        command
            .env("PORT", port.to_string())
            .env("K_SINK", &self.sink)
            .env("K_CE_OVERRIDES", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        if let Some(filter) = &self.log_filter {
            command.env("RUST_LOG", filter);
        }
        let child = command.spawn().map_err(Failure::internal)?;
        self.running.insert(name, Running { child, port });
        Ok(())
    }

    /// Where a component listens.
    pub(crate) fn url(&self, name: &str) -> String {
        if let Some(url) = self.elsewhere.get(name) {
            return url.clone();
        }
        let port = self.running.get(name).map_or(0, |running| running.port);
        format!("http://127.0.0.1:{port}/")
    }

    /// Waits until every component that serves is ready.
    pub(crate) async fn ready(&mut self) -> Result<(), Failure> {
        let client = Client::new();
        let deadline = Instant::now() + READY_WITHIN;
        let names: Vec<&'static str> = self
            .running
            .keys()
            .chain(self.elsewhere.keys())
            .copied()
            .filter(|name| *name != INGESTOR)
            .collect();
        for name in names {
            // A ready path is a custom, not a duty: a stranger is ready when it answers anything but 503.
            let strict = self.ours.contains(name);
            let probe = match self.elsewhere.get(name) {
                Some(url) => url.clone(),
                None => format!("{}readyz", self.url(name)),
            };
            loop {
                if let Some(death) = self.dead(name)? {
                    return Err(Failure::new(Code::Bad, death.to_string()));
                }
                let answer = client
                    .send("GET", &probe, &[], Vec::new(), Duration::from_secs(1))
                    .await;
                if answer
                    .is_ok_and(|answer| answer.status == 200 || (!strict && answer.status != 503))
                {
                    break;
                }
                if Instant::now() > deadline {
                    let where_ = match self.elsewhere.get(name) {
                        Some(url) => format!("is it running at {url}?"),
                        None => format!("see {}", self.directory.log(name).display()),
                    };
                    let seconds = READY_WITHIN.as_secs();
                    let message = format!("{name} is not ready after {seconds} s; {where_}");
                    return Err(Failure::new(Code::Bad, message));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// The next end of a child; pends while all is well.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            let names: Vec<&'static str> = self.running.keys().copied().collect();
            for name in names {
                let Some(running) = self.running.get_mut(name) else {
                    continue;
                };
                let Ok(Some(status)) = running.child.try_wait() else {
                    continue;
                };
                self.running.remove(name);
                if name == INGESTOR && status.success() {
                    return Event::InputEnded;
                }
                return Event::Died(self.death(name, status));
            }
            // One poll for all children: their ends are not events that anything has to be quick about.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks all to stop, waits for them, and kills what does not stop.
    pub(crate) async fn stop(&mut self) {
        for running in self.running.values_mut() {
            drop(running.child.stdin.take());
        }
        let deadline = Instant::now() + STOP_WITHIN;
        for running in self.running.values_mut() {
            if tokio::time::timeout_at(deadline, running.child.wait())
                .await
                .is_err()
            {
                drop(running.child.kill().await);
            }
        }
        self.running.clear();
    }

    fn dead(&mut self, name: &'static str) -> Result<Option<Death>, Failure> {
        let Some(running) = self.running.get_mut(name) else {
            return Ok(None);
        };
        let status = running.child.try_wait().map_err(Failure::internal)?;
        Ok(status.map(|status| self.death(name, status)))
    }

    fn death(&self, name: &str, status: ExitStatus) -> Death {
        let log = self.directory.log(name);
        Death {
            component: name.to_owned(),
            status,
            last_lines: last_lines(&log, 10),
            log,
        }
    }
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} died: {}; its log is {}",
            self.component,
            self.status,
            self.log.display()
        )?;
        for line in &self.last_lines {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

/// The last lines of a file, read from its end.
fn last_lines(path: &Path, count: usize) -> Vec<String> {
    let read = || -> std::io::Result<String> {
        let mut file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(8192)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(String::from_utf8_lossy(&tail).into_owned())
    };
    let tail = read().unwrap_or_default();
    let lines: Vec<&str> = tail.lines().collect();
    lines[lines.len().saturating_sub(count)..]
        .iter()
        .map(|line| printable(line))
        .collect()
}

/// A component's words must not steer the terminal.
fn printable(line: &str) -> String {
    line.chars().filter(|c| !c.is_control()).collect()
}
