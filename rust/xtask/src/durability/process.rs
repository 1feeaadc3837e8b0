//! The broker as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many of its last log lines are kept for a complaint.
const LINES: usize = 20;

/// A process that serves the file in a folder.
pub(super) struct Process {
    child: Child,
    /// The broker is the child of what was started.
    is_wrapped: bool,
    addresses: mpsc::Receiver<SocketAddr>,
    /// Reads what it logs, else its pipe would fill.
    log: Option<JoinHandle<Vec<String>>>,
}

impl Process {
    /// Starts `ingenium broker`, under `wrapper` where there are words in it.
    pub(super) fn start(program: &Path, folder: &Path, wrapper: &[String]) -> Result<Self, String> {
        let mut command = match wrapper {
            [] => Command::new(program),
            [first, others @ ..] => {
                let mut command = Command::new(first);
                command.args(others).arg(program);
                command
            }
        };
        let mut child = command
            .args(["broker", "--port", "0", "--data"])
            .arg(folder)
            .env("INGENIUM_LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let stderr = child.stderr.take().ok_or("no stderr")?;
        let (found, addresses) = mpsc::channel();
        let read = move || {
            let mut last = Vec::new();
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = address(&line) {
                    // Whoever has killed it does not wait for it.
                    found.send(address).unwrap_or_default();
                }
                if last.len() == LINES {
                    last.remove(0);
                }
                last.push(line);
            }
            last
        };
        let log = Builder::new()
            .spawn(read)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            child,
            is_wrapped: !wrapper.is_empty(),
            addresses,
            log: Some(log),
        })
    }

    /// Waits until it listens.
    pub(super) fn address(&mut self) -> Result<SocketAddr, String> {
        if let Ok(address) = self.addresses.recv_timeout(PATIENCE) {
            return Ok(address);
        }
        let (status, log) = self.kill()?;
        Err(format!(
            "the broker does not listen, {status}: {}",
            log.join("\n")
        ))
    }

    /// The broker's process id.
    pub(super) fn id(&self) -> Option<u32> {
        let child = self.child.id();
        if !self.is_wrapped {
            return Some(child);
        }
        let children =
            std::fs::read_to_string(format!("/proc/{child}/task/{child}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }

    /// SIGKILL; what it logged last.
    pub(super) fn kill(&mut self) -> Result<(ExitStatus, Vec<String>), String> {
        if self.is_wrapped {
            // A tracer that is killed lets go of the broker: that one first. It may have ended by itself.
            drop(self.signal("KILL"));
        } else {
            self.child.kill().map_err(|error| error.to_string())?;
        }
        self.wait()
    }

    /// SIGTERM, which it has to obey.
    pub(super) fn terminate(&self) -> Result<(), String> {
        self.signal("TERM")
    }

    fn signal(&self, name: &str) -> Result<(), String> {
        let id = self.id().ok_or("the broker does not run")?.to_string();
        let output = Command::new("kill").args(["-s", name, &id]).output();
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(format!("kill: {}", output.status)),
            Err(error) => Err(format!("kill: {error}")),
        }
    }

    /// Waits for its end; what it logged last.
    pub(super) fn wait(&mut self) -> Result<(ExitStatus, Vec<String>), String> {
        let status = self.child.wait().map_err(|error| error.to_string())?;
        let log = self.log.take().map(JoinHandle::join);
        let log = log
            .transpose()
            .map_err(|_| "the reader of the log failed")?;
        Ok((status, log.unwrap_or_default()))
    }

    /// The status, if it has ended.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child.try_wait().map_err(|error| error.to_string())
    }
}

/// A harness that fails leaves no process behind.
impl Drop for Process {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

fn address(line: &str) -> Option<SocketAddr> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    (line["message"] == "broker listens")
        .then(|| line["address"].as_str()?.parse().ok())
        .flatten()
}
