//! Recipients that do not answer, or not as they should.

use std::net::SocketAddr;
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
