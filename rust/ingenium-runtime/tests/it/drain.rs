//! The end of a server.

use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::served::{PATIENCE, read_to_end, send, statuses};

#[tokio::test]
async fn open_requests_are_answered_and_idle_connections_closed() {
    let (entered, mut has_entered) = mpsc::channel(1);
    let stop = Shutdown::manual();
    let stopping = stop.clone();
    let handler = move |_: Request| {
        let (entered, stopping) = (entered.clone(), stopping.clone());
        async move {
            entered.send(()).await.expect("the test listens");
            stopping.requested().await;
            Response::empty(202)
        }
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let server = tokio::spawn(server::serve(
        listener,
        handler,
        Limits::default(),
        stop.clone(),
    ));
    let mut idle = TcpStream::connect(address).await.expect("listening");
    let mut busy = TcpStream::connect(address).await.expect("listening");
    send(&mut busy, b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    has_entered.recv().await.expect("the handler runs");
    stop.request();
    assert_eq!(statuses(&read_to_end(&mut busy).await), [202]);
    assert!(read_to_end(&mut idle).await.is_empty());
    tokio::time::timeout(PATIENCE, stop.drained())
        .await
        .expect("drained is said");
    server.await.expect("no panic");
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_given_up() {
    let stop = Shutdown::manual();
    let handler = |_: Request| async { std::future::pending::<Response>().await };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let limits = Limits {
        drain: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = tokio::spawn(server::serve(listener, handler, limits, stop.clone()));
    let mut socket = TcpStream::connect(address).await.expect("listening");
    send(&mut socket, b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    stop.request();
    tokio::time::timeout(PATIENCE, server)
        .await
        .expect("the drain has a deadline")
        .expect("no panic");
}
