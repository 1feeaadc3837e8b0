//! How far a run has come, on stderr: a line that is written over on a terminal, now and then a line elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ingenium_conformance::{Case, Progress};
use tokio::time::Instant;

use crate::terminal::Terminal;

/// The least time between two lines that stay, as in the log of a CI job.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Back to the first column, and nothing behind it.
const CLEAR: &str = "\r\x1b[2K";

/// Writes how far it is.
pub(super) struct Line {
    quiet: bool,
    on_terminal: bool,
    state: Mutex<State>,
}

struct State {
    checks: usize,
    done: usize,
    said: Instant,
}

impl Line {
    pub(super) fn new(terminal: Terminal) -> Self {
        Self {
            quiet: terminal.quiet,
            on_terminal: std::io::stderr().is_terminal(),
            state: Mutex::new(State {
                checks: 0,
                done: 0,
                said: Instant::now(),
            }),
        }
    }

    /// Leaves the terminal as it was.
    pub(super) fn clear(&self) {
        if self.on_terminal && !self.quiet {
            write(CLEAR);
        }
    }
}

impl Progress for Line {
    fn begun(&self, checks: usize) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .checks = checks;
    }

    fn done(&self, case: &Case) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        if self.quiet {
            return;
        }
        let line = format!(
            "{} of {} checks played: {} {}",
            state.done, state.checks, case.id, case.title
        );
        if self.on_terminal {
            // A line that wraps could not be written over.
            let line: String = line.chars().take(79).collect();
            write(&format!("{CLEAR}{line}"));
        } else if state.said.elapsed() >= LINE_EVERY {
            state.said = Instant::now();
            write(&format!("{line}\n"));
        }
    }
}

fn write(text: &str) {
    let mut stderr = std::io::stderr().lock();
    // A closed stderr does not end a run.
    drop(
        stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush()),
    );
}
