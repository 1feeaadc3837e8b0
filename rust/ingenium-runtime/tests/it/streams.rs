//! Answers without an end that is known.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Reply, Request, Response, Streaming};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::served::{PATIENCE, read_to_end, send, show, statuses};

/// Shorter than anybody waits here.
const SHORT: Limits = Limits {
    head_timeout: Duration::from_millis(100),
    body_timeout: Duration::from_millis(100),
    write_timeout: Duration::from_millis(100),
    stream_timeout: Duration::from_millis(300),
    max_body: 1024,
    max_connections: 8,
    drain: Duration::from_secs(5),
};

/// Says that a body is no more.
struct Gone(watch::Sender<bool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

struct Streams {
    address: SocketAddr,
    pieces: mpsc::Sender<Bytes>,
    gone: watch::Receiver<bool>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Streams {
    /// A server whose `/stream` is what the test sends, and whose other paths are answered at once.
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let (pieces, inlet) = mpsc::channel(1);
        let (flag, gone) = watch::channel(false);
        let inlet = Arc::new(Mutex::new(Some((inlet, Gone(flag)))));
        let handler = move |request: Request| {
            let inlet = Arc::clone(&inlet);
            async move {
                if request.path != "/stream" {
                    return Reply::from(Response::empty(204));
                }
                let (inlet, gone) = inlet.lock().await.take().expect("one stream");
                let body = stream::unfold((inlet, gone), |(mut inlet, gone)| async move {
                    let piece: Bytes = inlet.recv().await?;
                    Some((piece, (inlet, gone)))
                });
                Streaming {
                    status: 200,
                    headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
                    body: Box::pin(body),
                }
                .into()
            }
        };
        let stop = Shutdown::manual();
        let server = tokio::spawn(server::serve(listener, handler, limits, stop.clone()));
        Self {
            address,
            pieces,
            gone,
            stop,
            server,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/stream", self.address)
    }

    async fn gone(&mut self) {
        let gone = timeout(PATIENCE, self.gone.wait_for(|gone| *gone)).await;
        gone.expect("the body is dropped").expect("a flag");
    }

    async fn stop(self) {
        self.stop.request();
        drop(self.pieces);
        timeout(PATIENCE, self.server)
            .await
            .expect("the server drains")
            .expect("no panic");
    }
}

#[tokio::test]
async fn pieces_come_as_they_are_made_and_the_connection_goes_on() {
    let mut served = Streams::start(SHORT).await;
    let mut opened = Client::new()
        .open("GET", &served.url(), &[], PATIENCE)
        .await
        .expect("a head");
    assert_eq!(opened.status, 200);
    assert_eq!(opened.header("content-type"), Some(&b"text/plain"[..]));
    for text in ["one", "two"] {
        // Longer than a peer may be silent between requests.
        tokio::time::sleep(SHORT.head_timeout * 2).await;
        served.pieces.send(text.into()).await.expect("it is read");
        let piece = opened.next(PATIENCE).await.expect("no error");
        assert_eq!(piece.as_deref(), Some(text.as_bytes()));
    }
    let silent = opened.next(Duration::from_millis(20)).await;
    assert!(silent.expect_err("nothing").to_string().contains("20 ms"));
    served.pieces = mpsc::channel(1).0;
    assert_eq!(opened.next(PATIENCE).await.expect("no error"), None);
    served.gone().await;
    served.stop().await;
}

#[tokio::test]
async fn a_request_behind_a_stream_is_answered_after_it() {
    let mut served = Streams::start(SHORT).await;
    let mut socket = TcpStream::connect(served.address).await.expect("listening");
    send(&mut socket, b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await;
    send(&mut socket, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    served.pieces.send("all".into()).await.expect("read");
    served.pieces = mpsc::channel(1).0;
    let answers = read_to_end(&mut socket).await;
    assert_eq!(statuses(&answers), [200, 204], "{}", show(&answers));
    assert!(show(&answers).contains("\r\n3\r\nall\r\n0\r\n\r\nHTTP/1.1 204"));
    served.stop().await;
}

#[tokio::test]
async fn a_peer_that_takes_nothing_loses_its_stream() {
    let mut served = Streams::start(SHORT).await;
    let mut socket = TcpStream::connect(served.address).await.expect("listening");
    send(&mut socket, b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let mut taken = 0;
    let filling = async {
        while served.pieces.send(piece.clone()).await.is_ok() {
            taken += 1;
        }
    };
    timeout(PATIENCE, filling).await.expect("it is cut off");
    // What the system and the server hold back is bounded: the pieces are asked for one by one.
    assert!(taken < 1000, "{taken} pieces of 64 KiB");
    served.gone().await;
    drop(socket);
    served.stop().await;
}

#[tokio::test]
async fn a_peer_that_goes_away_ends_its_stream() {
    let mut served = Streams::start(SHORT).await;
    let mut opened = Client::new()
        .open("GET", &served.url(), &[], PATIENCE)
        .await
        .expect("a head");
    served.pieces.send("x".into()).await.expect("it is read");
    assert!(opened.next(PATIENCE).await.expect("no error").is_some());
    drop(opened);
    served.gone().await;
    served.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_waits_for_the_end_of_a_stream() {
    let served = Streams::start(SHORT).await;
    let opened = Client::new()
        .open("GET", &served.url(), &[], PATIENCE)
        .await
        .expect("a head");
    served.stop.request();
    served.pieces.send("last".into()).await.expect("it is read");
    let reading = tokio::spawn(opened.whole(PATIENCE));
    served.stop().await;
    let answer = reading.await.expect("no panic").expect("an end");
    assert_eq!(answer.body, "last");
}
