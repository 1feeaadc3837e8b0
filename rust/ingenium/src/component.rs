//! A role, served as a Knative component.

mod identity;
mod served;

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ingenium_runtime::environment::{KnativeSettings, StateSync};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::observer::Observer;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::Role;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::emit::Stamp;
use crate::outbox::Queue;
use crate::sink::Sink;
use crate::store::{self, Store};
use served::{Core, Served};

/// Why a component cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The component store cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The port cannot be listened on.
    #[error("port {port}: {source}; set PORT to a free one")]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// Every event that the component emits would be refused.
    #[error("no event of this component would be valid: {message}; {help}")]
    Attribute {
        /// What is wrong with the `source` or with an attribute of `K_CE_OVERRIDES`.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// `K_SINK` is not set.
    #[error("K_SINK is not set; on Knative a SinkBinding sets it, by hand use the broker's URL")]
    NoSink,
}

/// A role that is ready to be served.
pub struct Component<R> {
    role: R,
    source: String,
    state: Option<PathBuf>,
    state_sync: StateSync,
    observer: Arc<dyn Observer>,
    listen: IpAddr,
}

impl<R> Component<R>
where
    R: Role + Send + Sync + 'static,
    R::State: Send,
{
    /// A component whose events have this CloudEvents `source` (`/ingenium/<role>/<name>`).
    #[must_use]
    pub fn new(role: R, source: impl Into<String>) -> Self {
        let observer = Arc::new(ingenium_runtime::observer::LogObserver);
        Self {
            role,
            source: source.into(),
            state: None,
            state_sync: StateSync::default(),
            observer,
            listen: Ipv4Addr::UNSPECIFIED.into(),
        }
    }

    /// Keeps state in this file. Without it state lives in memory and is lost with the process.
    #[must_use]
    pub fn state(mut self, path: impl AsRef<Path>) -> Self {
        self.state = Some(path.as_ref().to_owned());
        self
    }

    /// What is on disk when an event is acknowledged: everything, unless told otherwise.
    #[must_use]
    pub const fn state_sync(mut self, sync: StateSync) -> Self {
        self.state_sync = sync;
        self
    }

    /// Listens on this address only; all addresses, as a pod must, unless told otherwise.
    #[must_use]
    pub const fn listen(mut self, address: IpAddr) -> Self {
        self.listen = address;
        self
    }

    /// Reports what happens to events to `observer`.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Serves until `shutdown`, then drains.
    ///
    /// # Errors
    /// When the component cannot start.
    pub async fn run(self, settings: &KnativeSettings, shutdown: Shutdown) -> Result<(), Error> {
        let sink = settings.sink.as_ref().ok_or(Error::NoSink)?;
        let sink =
            Sink::new(sink.to_string(), settings.sink_timeout).observer(Arc::clone(&self.observer));
        if self.state.is_none() {
            warn!("state is kept in memory only and is lost when the process ends");
        }
        let stamp = Stamp {
            source: self.source,
            overrides: settings.ce_overrides.clone(),
        };
        stamp.check().map_err(|finding| Error::Attribute {
            message: finding.message,
            help: finding.help,
        })?;
        let store = Store::open(self.state.as_deref())?;
        store.sync(self.state_sync)?;
        let states = store.states::<R::State>()?;
        let queue = Queue::new(store.pending()?);
        let port = settings.port;
        let listener = TcpListener::bind((self.listen, port))
            .await
            .map_err(|source| Error::Listen { port, source })?;
        let served = Arc::new(Served {
            stamp,
            role: self.role,
            core: Mutex::new(Core { store, states }),
            queue,
            ready: AtomicBool::new(false),
            observer: self.observer,
        });
        info!(source = served.stamp.source, port, "component listens");
        // A set of one: dropped with this future, it takes the sender along.
        let mut sender = JoinSet::new();
        sender.spawn(Arc::clone(&served).send_all(sink, shutdown.clone()));
        let handler = Arc::clone(&served);
        let handle = move |request| {
            let handler = Arc::clone(&handler);
            async move { handler.answer(request).await }
        };
        server::serve(listener, handle, Limits::default(), shutdown).await;
        while sender.join_next().await.is_some() {}
        served.strike_out().await;
        info!("component stopped");
        Ok(())
    }
}
