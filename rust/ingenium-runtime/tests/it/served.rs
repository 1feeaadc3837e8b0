//! A server to attack, and raw bytes to attack it with.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than any deadline under test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Shutdown,
    pub(crate) seen: Arc<Mutex<Vec<Request>>>,
    server: JoinHandle<()>,
}

impl Served {
    /// A server that takes every POST with 202 and tells what came.
    pub(crate) async fn start(limits: Limits) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let handler = move |request: Request| {
            let answer = match request.method.as_str() {
                "POST" => Response::with_body(202, "text/plain", request.body.clone()),
                _ => Response::problem(405, "method_not_allowed", "POST an event", &[])
                    .header("allow", "POST, OPTIONS"),
            };
            record.lock().expect("not poisoned").push(request);
            async move { answer }
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let stop = Shutdown::manual();
        let server = tokio::spawn(server::serve(listener, handler, limits, stop.clone()));
        Self {
            address,
            stop,
            seen,
            server,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().expect("not poisoned").len()
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("listening")
    }

    pub(crate) async fn stop(self) {
        self.stop.request();
        timeout(PATIENCE, self.server)
            .await
            .expect("the server drains")
            .expect("no panic");
    }
}

/// Everything up to the end of the stream, which must come.
pub(crate) async fn read_to_end(socket: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer))
        .await
        .expect("the server closes the connection")
        .expect("no reset");
    answer
}

/// Everything until this many answers have begun.
pub(crate) async fn read_answers(socket: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut answer = Vec::new();
    while statuses(&answer).len() < count {
        let read = timeout(PATIENCE, socket.read_buf(&mut answer)).await;
        assert_ne!(
            read.expect("an answer in time").expect("no reset"),
            0,
            "{}",
            show(&answer)
        );
    }
    answer
}

pub(crate) async fn send(socket: &mut TcpStream, bytes: &[u8]) {
    // A server that refuses early may have closed already: its answer is what counts.
    drop(timeout(PATIENCE, socket.write_all(bytes)).await);
}

/// The status codes of all answers in a stream.
pub(crate) fn statuses(stream: &[u8]) -> Vec<u16> {
    show(stream)
        .split("HTTP/1.1 ")
        .skip(1)
        .filter_map(|rest| rest.get(..3)?.parse().ok())
        .collect()
}

pub(crate) fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
