//! Recipients that do not answer, or not as they should.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ingenium_runtime::http::client::{Client, SendError};
use ingenium_runtime::http::server::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::served::Served;

const SHORT: Duration = Duration::from_millis(200);

/// A recipient that reads a request and answers with these bytes; then it is silent, or closes.
async fn scripted(answer: Vec<u8>, closes: bool) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let mut request = [0; 4096];
        drop(socket.read(&mut request).await);
        drop(socket.write_all(&answer).await);
        if !closes {
            std::future::pending::<()>().await;
        }
    });
    address
}

async fn post(address: SocketAddr) -> Result<u16, SendError> {
    let uri = format!("http://{address}/");
    let answer = Client::new().send("POST", &uri, &[], "{}", SHORT).await?;
    Ok(answer.status)
}

#[tokio::test]
async fn the_deadline_covers_the_whole_answer() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    ] {
        let error = post(scripted(answer.into(), false).await)
            .await
            .expect_err(answer);
        assert!(
            matches!(error, SendError::Timeout { .. }),
            "{answer}: {error}"
        );
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let unused = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let nobody = unused.local_addr().expect("bound");
    drop(unused);
    let error = post(nobody).await.expect_err("nobody listens");
    assert!(matches!(error, SendError::Connect { .. }), "{error}");
    assert!(!error.may_have_arrived());

    let error = post(scripted(Vec::new(), true).await)
        .await
        .expect_err("no answer");
    assert!(matches!(error, SendError::Closed { .. }), "{error}");
    assert!(error.may_have_arrived());

    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    let error = post(scripted(cut.into(), true).await)
        .await
        .expect_err("half an answer");
    assert!(matches!(error, SendError::Closed { .. }), "{error}");

    let error = post(scripted(b"SSH-2.0-OpenSSH\r\n".to_vec(), true).await)
        .await
        .expect_err("no HTTP");
    assert!(matches!(error, SendError::Protocol { .. }), "{error}");

    let mut large = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    large.extend(format!("200000\r\n{}\r\n0\r\n\r\n", "x".repeat(0x20_0000)).into_bytes());
    let error = post(scripted(large, true).await).await.expect_err("2 MiB");
    assert!(matches!(error, SendError::TooLarge { .. }), "{error}");

    let error = Client::new()
        .send("POST", "no url", &[], "", SHORT)
        .await
        .expect_err("no URL");
    assert!(matches!(error, SendError::Request { .. }), "{error}");
}

#[tokio::test]
async fn redirects_are_answers() {
    let answer = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(
        post(scripted(answer.into(), true).await)
            .await
            .expect("an answer"),
        307
    );
}

#[tokio::test]
async fn client_and_server_agree() {
    let served = Served::start(Limits::default()).await;
    let client = Client::new();
    let uri = format!("http://{}/ns/b", served.address);
    let headers = [("ce-id".to_owned(), "1".to_owned())];
    for _ in 0..3 {
        let answer = client
            .send("POST", &uri, &headers, "{}", Duration::from_secs(5))
            .await
            .expect("an answer");
        assert_eq!((answer.status, answer.body.as_ref()), (202, &b"{}"[..]));
    }
    assert_eq!(served.count(), 3);
    served.stop().await;
}

/// A recipient that answers so many requests a connection and then closes it without a word; counts connections.
async fn closing_after(requests: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.expect("a client");
            counted.fetch_add(1, Ordering::Relaxed);
            let mut request = [0; 4096];
            for _ in 0..requests {
                if socket.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                    socket.write_all(answer).await.expect("the client reads");
                }
            }
        }
    });
    (address, connections)
}

#[tokio::test]
async fn a_connection_has_one_request_after_another() {
    let (address, connections) = closing_after(usize::MAX).await;
    let (client, uri) = (Client::new(), format!("http://{address}/"));
    for _ in 0..5 {
        // Clones share connections.
        let client = client.clone();
        let answer = client.send("POST", &uri, &[], "{}", SHORT).await;
        assert_eq!(answer.expect("an answer").body.as_ref(), b"ok");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_connection_that_ended_while_it_was_idle_is_replaced() {
    let (address, connections) = closing_after(2).await;
    let (client, uri) = (Client::new(), format!("http://{address}/"));
    for _ in 0..6 {
        let answer = client.send("POST", &uri, &[], "{}", SHORT).await;
        assert_eq!(answer.expect("an answer").status, 200);
        // The recipient has closed it by then, if it does.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_exchange_that_is_given_up_takes_its_connection_along() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let uri = format!("http://{}/", listener.local_addr().expect("bound"));
    let answering = tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.expect("a client");
        let (mut second, _) = listener.accept().await.expect("a client");
        let late = first.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        drop(late.await);
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        second.write_all(answer).await.expect("the client reads");
        std::future::pending::<()>().await;
    });
    let client = Client::new();
    let late = client.send("POST", &uri, &[], "{}", SHORT).await;
    assert!(matches!(late, Err(SendError::Timeout { .. })), "{late:?}");
    let next = client.send("POST", &uri, &[], "{}", SHORT).await;
    assert_eq!(next.expect("its own answer").status, 202);
    answering.abort();
}

#[tokio::test]
async fn what_is_no_http_url_is_not_sent() {
    for (uri, problem) in [
        ("https://127.0.0.1/", "scheme"),
        ("/only/a/path", "host"),
        ("http:///", "no url"),
    ] {
        let refused = Client::new().send("POST", uri, &[], "", SHORT).await;
        let Err(SendError::Request { .. }) = refused else {
            panic!("{uri} ({problem}): {refused:?}");
        };
    }
}

#[tokio::test]
async fn the_host_is_said_as_servers_expect_it() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    let read = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let mut request = vec![0; 4096];
        let read = socket.read(&mut request).await.expect("a request");
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let uri = format!("http://user@localhost:{port}/a?b");
    drop(Client::new().send("GET", &uri, &[], "", SHORT).await);
    let request = read.await.expect("no panic");
    assert!(request.starts_with("GET /a?b HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains(&format!("\r\nhost: localhost:{port}\r\n")),
        "{request}"
    );
}

/// Some servers say 408 before they close an idle connection. That answers nobody.
#[tokio::test]
async fn what_comes_on_an_idle_connection_is_no_answer() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let uri = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        let answer = |line: &str| format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n");
        for late in [true, false] {
            let (mut socket, _) = listener.accept().await.expect("a client");
            let mut request = [0; 4096];
            drop(socket.read(&mut request).await);
            let ok = answer("200 OK");
            socket.write_all(ok.as_bytes()).await.expect("written");
            if late {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let late = answer("408 Request Timeout");
                socket.write_all(late.as_bytes()).await.expect("written");
            }
        }
    });
    let client = Client::new();
    for _ in 0..2 {
        let answer = client.send("POST", &uri, &[], "{}", SHORT).await;
        assert_eq!(answer.expect("an answer").status, 200);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}
