//! How far a run has come, on stderr: a bar on a terminal, now and then a line elsewhere, as in the log of a CI job.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ingenium_conformance::{Case, Progress};
use tokio::time::Instant;

use crate::exit::complain;
use crate::terminal::Terminal;

/// The least time between two lines that stay.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows how far it is.
pub(super) struct Bar {
    bar: ProgressBar,
    /// When the last line was written, where lines are.
    said: Option<Mutex<Instant>>,
}

impl Bar {
    pub(super) fn new(terminal: Terminal) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let target = if on_terminal && !terminal.quiet {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let style = ProgressStyle::with_template("{pos} of {len} checks played {wide_bar} {msg}");
        let bar = ProgressBar::with_draw_target(None, target);
        Self {
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            said: (!on_terminal && !terminal.quiet).then(|| Mutex::new(Instant::now())),
        }
    }

    /// Leaves the terminal as it was.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begun(&self, checks: usize) {
        self.bar.set_length(checks as u64);
    }

    fn done(&self, case: &Case) {
        self.bar.set_message(case.id.clone());
        self.bar.inc(1);
        let Some(said) = &self.said else {
            return;
        };
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.elapsed() >= LINE_EVERY {
            *said = Instant::now();
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
            complain(&format!("{done} of {all} checks played: {}", case.id));
        }
    }
}
