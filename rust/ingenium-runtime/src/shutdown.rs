//! Stopping: asked for by a signal, by the end of stdin, or by code.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Where a process is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    Requested,
    Drained,
}

/// A wish to stop that many tasks can wait for.
#[derive(Debug, Clone)]
pub struct Shutdown {
    stage: Arc<watch::Sender<Stage>>,
    interrupt: Arc<AtomicBool>,
}

impl Shutdown {
    /// A wish that only [`request`](Self::request) makes.
    #[must_use]
    pub fn manual() -> Self {
        Self {
            stage: Arc::new(watch::Sender::new(Stage::Running)),
            interrupt: Arc::default(),
        }
    }

    /// A wish that TERM and INT make; with `stdin` also the end of stdin, whose other end the parent holds.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub fn on_signal(stdin: bool) -> std::io::Result<Self> {
        let shutdown = Self::manual();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let wish = shutdown.clone();
        tokio::spawn(async move {
            let end_of_stdin = async {
                if stdin {
                    drain_stdin().await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                _ = interrupt.recv() => wish.interrupt.store(true, Ordering::Release),
                _ = terminate.recv() => {}
                () = end_of_stdin => {}
            }
            wish.request();
        });
        Ok(shutdown)
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.advance(Stage::Requested);
    }

    /// Says that open requests are answered: what only served them can stop too.
    pub fn set_drained(&self) {
        self.advance(Stage::Drained);
    }

    /// Waits until somebody asks to stop.
    pub async fn requested(&self) {
        self.reach(Stage::Requested).await;
    }

    /// Waits until open requests are answered.
    pub async fn drained(&self) {
        self.reach(Stage::Drained).await;
    }

    /// Whether somebody asked to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.stage.borrow() >= Stage::Requested
    }

    /// Whether it was a person at the keyboard who asked.
    #[must_use]
    pub fn was_interrupt(&self) -> bool {
        self.interrupt.load(Ordering::Acquire)
    }

    fn advance(&self, to: Stage) {
        self.stage.send_if_modified(|stage| {
            let later = *stage < to;
            *stage = (*stage).max(to);
            later
        });
    }

    async fn reach(&self, wanted: Stage) {
        let mut stage = self.stage.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        drop(stage.wait_for(|stage| *stage >= wanted).await);
    }
}

async fn drain_stdin() {
    let mut stdin = tokio::io::stdin();
    let mut buffer = [0; 256];
    while stdin.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}
