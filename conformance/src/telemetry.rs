//! Where a component's OpenTelemetry exporter posts to: bodies are kept, nothing is decoded.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The most that is kept, in bytes.
const MOST_KEPT: usize = 4 * 1024 * 1024;

/// An OTLP receiver over HTTP.
#[derive(Debug)]
pub(crate) struct Telemetry {
    address: SocketAddr,
    bodies: Arc<Mutex<Vec<Bytes>>>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Telemetry {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let bodies = Arc::new(Mutex::new(Vec::<Bytes>::new()));
        let stop = Shutdown::manual();
        let kept = Arc::clone(&bodies);
        let handler = move |request: Request| {
            let kept = Arc::clone(&kept);
            async move {
                let mut kept = kept
                    .lock()
                    .expect("no code panics while it holds this lock");
                let size: usize = kept.iter().map(Bytes::len).sum();
                if request.path == "/v1/traces" && size + request.body.len() <= MOST_KEPT {
                    kept.push(request.body);
                }
                Response::empty(200)
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
            bodies,
            stop,
            server,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) async fn stop(self) -> Vec<Bytes> {
        self.stop.request();
        // The server ends by itself.
        drop(self.server.await);
        let mut bodies = self
            .bodies
            .lock()
            .expect("no code panics while it holds this lock");
        std::mem::take(&mut *bodies)
    }
}
