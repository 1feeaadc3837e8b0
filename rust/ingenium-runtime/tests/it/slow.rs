//! Peers that take their time.

use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::served::{PATIENCE, Served, read_answers, read_to_end, send, show, statuses};

const SHORT: Limits = Limits {
    head_timeout: Duration::from_millis(200),
    body_timeout: Duration::from_millis(200),
    write_timeout: Duration::from_millis(300),
    stream_timeout: Duration::from_millis(300),
    max_body: 1024 * 1024,
    max_connections: 100,
    drain: Duration::from_secs(1),
};

#[tokio::test]
async fn half_a_head_and_half_a_body_are_answered_with_408() {
    let served = Served::start(SHORT).await;
    for half in [
        "POST / HTTP/1.1\r\nHo",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{}",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    ] {
        let mut socket = served.connect().await;
        send(&mut socket, half.as_bytes()).await;
        let answer = read_to_end(&mut socket).await;
        assert_eq!(statuses(&answer), [408], "{half}: {}", show(&answer));
    }
    assert_eq!(served.count(), 0);
    served.stop().await;
}

#[tokio::test]
async fn a_byte_a_time_does_not_keep_a_connection() {
    let served = Served::start(SHORT).await;
    let mut socket = served.connect().await;
    let drip = async {
        for byte in b"POST / HTTP/1.1\r\nHost: a-very-long-name-that-takes-its-time\r\n"
            .iter()
            .cycle()
        {
            if socket.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, drip)
        .await
        .expect("the connection is closed");
    assert_eq!(served.count(), 0);
    served.stop().await;
}

#[tokio::test]
async fn silent_connections_are_closed_before_and_after_a_request() {
    let served = Served::start(SHORT).await;
    let mut silent = served.connect().await;
    assert!(read_to_end(&mut silent).await.is_empty());
    let mut once = served.connect().await;
    send(&mut once, b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(statuses(&read_to_end(&mut once).await), [202]);
    served.stop().await;
}

#[tokio::test]
async fn a_broken_off_body_is_not_handled() {
    let served = Served::start(Limits::default()).await;
    let mut socket = served.connect().await;
    send(
        &mut socket,
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{}",
    )
    .await;
    socket.shutdown().await.expect("connected");
    assert!(read_to_end(&mut socket).await.is_empty());
    assert_eq!(served.count(), 0);
    served.stop().await;
}

#[tokio::test]
async fn a_peer_that_reads_no_answers_is_cut_off() {
    let served = Served::start(SHORT).await;
    let mut socket = served.connect().await;
    let body = "x".repeat(1024 * 1024);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let flood = async { while socket.write_all(request.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, flood)
        .await
        .expect("the connection is closed");
    served.stop().await;
}

#[tokio::test]
async fn continue_is_sent_to_those_who_wait_for_it() {
    let served = Served::start(Limits::default()).await;
    let mut socket = served.connect().await;
    send(
        &mut socket,
        b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    )
    .await;
    assert_eq!(statuses(&read_answers(&mut socket, 1).await), [100]);
    send(&mut socket, b"{}").await;
    assert_eq!(statuses(&read_answers(&mut socket, 1).await), [202]);
    served.stop().await;
}

#[tokio::test]
async fn a_handler_may_take_longer_than_a_connection_may_be_idle() {
    let handler = |_: Request| async {
        tokio::time::sleep(SHORT.head_timeout * 3).await;
        Response::empty(202)
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let stop = Shutdown::manual();
    let server = tokio::spawn(server::serve(listener, handler, SHORT, stop.clone()));
    let mut socket = TcpStream::connect(address).await.expect("listening");
    send(&mut socket, b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(statuses(&read_to_end(&mut socket).await), [202]);
    stop.request();
    server.await.expect("no panic");
}

#[tokio::test]
async fn a_refused_peer_may_finish_its_write() {
    let served = Served::start(Limits::default()).await;
    let mut socket = served.connect().await;
    send(
        &mut socket,
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n",
    )
    .await;
    assert_eq!(statuses(&read_to_end(&mut socket).await), [413]);
    for _ in 0..16 {
        socket
            .write_all(&[b'x'; 1024])
            .await
            .expect("the connection is not reset");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(socket);
    served.stop().await;
}
