//! The sink that a component posts to: records raw bytes, decodes nothing.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The path of the sink: with a query, so that a component that drops parts of `K_SINK` is seen.
pub const PATH: &str = "/conformance/sink";
/// The query of the sink.
pub const QUERY: &str = "run=1";

/// The most that is recorded, in bytes and in requests: a component that never stops must not take the memory.
const MOST_BYTES: usize = 64 * 1024 * 1024;
const MOST_REQUESTS: usize = 50_000;

/// One request that the component made.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: Option<String>,
    /// The headers as received.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The head's raw bytes.
    pub head: Bytes,
    /// The body's raw bytes.
    pub body: Bytes,
}

/// A recording sink on an ephemeral loopback port.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
    count: watch::Receiver<usize>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Recorder {
    /// Starts listening.
    ///
    /// # Errors
    /// What the system says.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let exchanges = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let stop = Shutdown::manual();
        let recorded = Arc::clone(&exchanges);
        let bytes = Arc::new(AtomicUsize::new(0));
        let handler = move |request: Request| {
            let recorded = Arc::clone(&recorded);
            let counter = counter.clone();
            let bytes = Arc::clone(&bytes);
            async move {
                let mut all = recorded
                    .lock()
                    .expect("no code panics while it holds this lock");
                // The lock is held: nobody adds in between.
                let size = request.raw_head.len() + request.body.len();
                let total = bytes.load(Ordering::Relaxed).saturating_add(size);
                if total > MOST_BYTES || all.len() >= MOST_REQUESTS {
                    return Response::empty(429);
                }
                bytes.store(total, Ordering::Relaxed);
                all.push(Exchange {
                    method: request.method,
                    path: request.path,
                    query: request.query,
                    headers: request.headers,
                    head: request.raw_head,
                    body: request.body,
                });
                counter.send_replace(all.len());
                Response::empty(202)
            }
        };
        let server = tokio::spawn(server::serve(
            listener,
            handler,
            Limits::default(),
            stop.clone(),
        ));
        Ok(Self {
            address,
            exchanges,
            count,
            stop,
            server,
        })
    }

    /// The URL for `K_SINK`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{PATH}?{QUERY}", self.address)
    }

    /// How many requests were recorded.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// The requests from number `from` on.
    #[must_use]
    pub fn since(&self, from: usize) -> Vec<Exchange> {
        let all = self
            .exchanges
            .lock()
            .expect("no code panics while it holds this lock");
        all.get(from..).unwrap_or_default().to_vec()
    }

    /// Waits until more than `from` requests are recorded; false when that takes longer than `patience`.
    pub async fn wait_beyond(&self, from: usize, patience: Duration) -> bool {
        let mut count = self.count.clone();
        matches!(
            tokio::time::timeout(patience, count.wait_for(|count| *count > from)).await,
            Ok(Ok(_))
        )
    }

    /// Stops listening and gives back everything that was recorded.
    pub async fn stop(self) -> Vec<Exchange> {
        self.stop.request();
        // The server ends by itself; a panic inside it has been recorded as a missing exchange.
        drop(self.server.await);
        let all = self
            .exchanges
            .lock()
            .expect("no code panics while it holds this lock");
        all.clone()
    }
}
