//! A program under measurement: how it starts and ends, and what memory it takes.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::memory::kibibytes;

/// How often is looked whether something has come about.
const LOOK: Duration = Duration::from_millis(2);

/// A program that runs until this is dropped.
pub(super) struct Process {
    child: Child,
    said: String,
}

impl Process {
    /// Starts `command`; what it says is lost.
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        let said = format!("{command:?}");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("{said}: {error}"))?;
        Ok(Self { child, said })
    }

    /// Waits until it is ready; how long that took.
    pub(super) fn ready(
        &mut self,
        within: Duration,
        is_ready: impl Fn() -> bool,
    ) -> Result<Duration, String> {
        let mut is_over = || {
            let ended = self.child.try_wait().map_err(|error| error.to_string())?;
            match ended {
                Some(status) => Err(format!("{}: {status}", self.said)),
                None => Ok(is_ready()),
            }
        };
        let took = wait(within, &mut is_over)?;
        took.ok_or_else(|| format!("{} is not ready after {within:?}", self.said))
    }

    /// Asks it to end; how long that took.
    pub(super) fn terminate(&mut self, within: Duration) -> Result<Duration, String> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)
            .map_err(|error| error.to_string())?;
        self.ended(within)
    }

    /// Waits until it ends by itself, and well; how long that took.
    pub(super) fn ended(&mut self, within: Duration) -> Result<Duration, String> {
        let mut is_over = || match self.child.try_wait() {
            Ok(Some(status)) if !status.success() => Err(format!("{}: {status}", self.said)),
            Ok(status) => Ok(status.is_some()),
            Err(error) => Err(error.to_string()),
        };
        let took = wait(within, &mut is_over)?;
        took.ok_or_else(|| format!("{} does not end within {within:?}", self.said))
    }

    /// The most memory that it has had resident, in MiB.
    pub(super) fn peak(&self) -> Result<u64, String> {
        Ok(kibibytes(self.child.id(), "VmHWM")? / 1024)
    }
}

/// Looks again and again; `None` where it takes longer than `within`.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a benchmark"
)]
fn wait(
    within: Duration,
    is_over: &mut dyn FnMut() -> Result<bool, String>,
) -> Result<Option<Duration>, String> {
    let start = Instant::now();
    while !is_over()? {
        if start.elapsed() > within {
            return Ok(None);
        }
        sleep(LOOK);
    }
    Ok(Some(start.elapsed()))
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
