//! Connections that wait for another request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use hyper::http::uri::Authority;
use tokio::time::Instant;

use super::line::Line;

/// Idle connections are dropped before usual servers do it: 5 s are common, ours among them.
const IDLE: Duration = Duration::from_secs(3);

/// By recipient, the last used at the end.
#[derive(Debug, Default)]
pub(super) struct Idle {
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    waiting: HashMap<Authority, Vec<(Instant, Line)>>,
    /// When all that had waited for too long were dropped the last time.
    swept: Option<Instant>,
}

impl Idle {
    /// The connection that was used last.
    pub(super) fn take(&self, recipient: &Authority) -> Option<Line> {
        let now = Instant::now();
        let mut lines = self.lock();
        lines.sweep(now);
        let waiting = lines.waiting.get_mut(recipient)?;
        while let Some((since, line)) = waiting.pop() {
            if now.duration_since(since) < IDLE && line.is_open() {
                return Some(line);
            }
        }
        None
    }

    /// Keeps a connection whose exchange is over, where it can have another.
    pub(super) fn keep(&self, recipient: &Authority, line: Line) {
        if !line.is_open() {
            return;
        }
        let waiting = (Instant::now(), line);
        let mut lines = self.lock();
        match lines.waiting.get_mut(recipient) {
            Some(lines) => lines.push(waiting),
            None => drop(lines.waiting.insert(recipient.clone(), vec![waiting])),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

impl Lines {
    /// Drops what has waited for too long, whoever its recipient is: nobody may come for it any more.
    fn sweep(&mut self, now: Instant) {
        let is_due = |swept: Instant| now.duration_since(swept) >= IDLE;
        if !self.swept.is_none_or(is_due) {
            return;
        }
        self.swept = Some(now);
        self.waiting.retain(|_, lines| {
            lines.retain(|(since, _)| now.duration_since(*since) < IDLE);
            !lines.is_empty()
        });
    }
}
