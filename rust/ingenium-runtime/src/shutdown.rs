//! The end of a process: asked for once, seen by everybody.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing::info;

/// Tells every part of a process that it is to stop. Clones share one state.
#[derive(Debug, Clone)]
pub struct Shutdown {
    stage: Arc<watch::Sender<Stage>>,
    interrupt: Arc<AtomicBool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    Requested,
    Drained,
}

impl Shutdown {
    /// A shutdown that only [`request`](Self::request) brings about.
    #[must_use]
    pub fn manual() -> Self {
        Self {
            stage: Arc::new(watch::Sender::new(Stage::Running)),
            interrupt: Arc::new(AtomicBool::new(false)),
        }
    }

    /// A shutdown on SIGTERM and SIGINT and, if `with_parent`, when stdin reaches its end: a parent that holds the
    /// other end of the pipe takes its children along, even when it is killed.
    ///
    /// # Errors
    /// When the system refuses a signal handler, or stdin is no pipe.
    pub fn on_signal(with_parent: bool) -> io::Result<Self> {
        let shutdown = Self::manual();
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let parent = if with_parent {
            // A pipe is read by readiness; a blocking read of stdin would keep the runtime from ending.
            let stdin = io::stdin().as_fd().try_clone_to_owned()?;
            Some(pipe::Receiver::from_owned_fd(stdin)?)
        } else {
            None
        };
        let watched = shutdown.clone();
        tokio::spawn(async move { watched.watch(terminate, interrupt, parent).await });
        Ok(shutdown)
    }

    /// Asks for the shutdown.
    pub fn request(&self) {
        self.advance(Stage::Requested);
    }

    /// Resolves when the shutdown is asked for.
    pub async fn requested(&self) {
        self.reached(Stage::Requested).await;
    }

    /// Whether the shutdown has been asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.stage.borrow() >= Stage::Requested
    }

    /// Says that all requests have been answered: whoever serves them calls it last.
    pub fn mark_drained(&self) {
        self.advance(Stage::Drained);
    }

    /// Resolves when all requests have been answered: what they need may stop now.
    pub async fn drained(&self) {
        self.reached(Stage::Drained).await;
    }

    /// Whether it was an interrupt (SIGINT) that asked.
    #[must_use]
    pub fn was_interrupt(&self) -> bool {
        self.interrupt.load(Ordering::Acquire)
    }

    fn advance(&self, to: Stage) {
        self.stage.send_if_modified(|stage| {
            let later = *stage < to;
            if later {
                *stage = to;
            }
            later
        });
    }

    async fn reached(&self, wanted: Stage) {
        let mut stage = self.stage.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        drop(stage.wait_for(|stage| *stage >= wanted).await);
    }

    /// Ends with the first reason to stop; the runtime takes it along otherwise.
    async fn watch(
        self,
        mut terminate: Signal,
        mut interrupt: Signal,
        parent: Option<pipe::Receiver>,
    ) {
        let reason = tokio::select! {
            biased; // an interrupt is told from the rest by its exit status
            _ = interrupt.recv() => {
                self.interrupt.store(true, Ordering::Release);
                "interrupt"
            }
            _ = terminate.recv() => "terminate",
            () = end_of(parent) => "end of stdin",
            () = self.requested() => return,
        };
        info!(reason, "shutdown requested");
        self.request();
    }
}

/// Resolves at the end of the pipe; without one, never.
async fn end_of(pipe: Option<pipe::Receiver>) {
    let Some(mut pipe) = pipe else {
        return std::future::pending().await;
    };
    let mut ignored = [0; 64];
    while !matches!(pipe.read(&mut ignored).await, Ok(0) | Err(_)) {}
}
