//! Requests that two readers could read differently, byte for byte.

use ingenium_runtime::http::server::Limits;

use crate::rows::{self, Row};
use crate::served::{Served, read_answers, read_to_end, send, show, statuses};

#[tokio::test]
async fn refused_requests_are_answered_closed_and_never_handled() {
    let served = Served::start(Limits::default()).await;
    for Row {
        name,
        bytes,
        status,
    } in rows::refused("status")
    {
        let mut socket = served.connect().await;
        let (mut reader, mut writer) = socket.split();
        let answer = async {
            let mut answer = Vec::new();
            let read = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut answer);
            let read = tokio::time::timeout(crate::served::PATIENCE, read).await;
            assert!(read.is_ok(), "{name}: the connection stays open");
            answer
        };
        let write = async { drop(tokio::io::AsyncWriteExt::write_all(&mut writer, &bytes).await) };
        let (answer, ()) = tokio::join!(answer, write);
        assert_eq!(statuses(&answer), [status], "{name}: {}", show(&answer));
        let text = show(&answer);
        assert!(text.contains("application/problem+json"), "{name}: {text}");
        assert!(text.contains("\"code\":\""), "{name}: {text}");
        assert!(text.contains("connection: close"), "{name}: {text}");
        assert_eq!(served.count(), 0, "{name} reached the handler");
    }
    served.stop().await;
}

#[tokio::test]
async fn odd_but_legal_requests_reach_the_handler() {
    let served = Served::start(Limits::default()).await;
    for Row {
        name,
        bytes,
        status,
    } in rows::answered("status")
    {
        let mut socket = served.connect().await;
        send(&mut socket, &bytes).await;
        send(
            &mut socket,
            b"POST /again HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        )
        .await;
        let answer = read_to_end(&mut socket).await;
        assert_eq!(
            statuses(&answer),
            [status, 202],
            "{name}: {}",
            show(&answer)
        );
        if status == 405 {
            assert!(show(&answer).contains("allow: POST, OPTIONS"), "{name}");
        }
    }
    served.stop().await;
}

#[tokio::test]
async fn the_raw_head_is_kept_as_it_came() {
    let served = Served::start(Limits::default()).await;
    let head = b"POST /ns/b?run=1 HTTP/1.1\r\nhOsT: h\r\nce-Id:\t1 \r\nContent-Length: 2\r\n\r\n";
    let mut socket = served.connect().await;
    send(&mut socket, &[&head[..], b"{}"].concat()).await;
    read_answers(&mut socket, 1).await;
    let request = served.seen.lock().expect("not poisoned")[0].clone();
    assert_eq!(request.raw_head, &head[..]);
    assert_eq!(request.body, "{}");
    assert_eq!(
        (request.path.as_str(), request.query.as_deref()),
        ("/ns/b", Some("run=1"))
    );
    assert_eq!(request.header("ce-id"), Some(&b"1"[..]));
    served.stop().await;
}

#[tokio::test]
async fn heads_that_come_byte_by_byte_are_read() {
    let served = Served::start(Limits::default()).await;
    let mut socket = served.connect().await;
    for byte in
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    {
        send(&mut socket, &[*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(statuses(&read_answers(&mut socket, 1).await), [202]);
    served.stop().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_up_to_the_refused_one() {
    let served = Served::start(Limits::default()).await;
    let mut socket = served.connect().await;
    let mut stream = Vec::new();
    for number in 0..1000 {
        let body = number.to_string();
        let length = body.len();
        stream.extend(
            format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}")
                .into_bytes(),
        );
    }
    stream.extend(b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.extend(b"POST /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    let (mut reader, mut writer) = socket.split();
    let mut answer = Vec::new();
    let (read, ()) = tokio::join!(
        tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut answer),
        async {
            drop(tokio::io::AsyncWriteExt::write_all(&mut writer, &stream).await);
        }
    );
    read.expect("no reset");
    let statuses = statuses(&answer);
    assert_eq!(statuses.len(), 1001);
    assert!(statuses[..1000].iter().all(|status| *status == 202));
    assert_eq!(statuses[1000], 400);
    let bodies: Vec<String> = served
        .seen
        .lock()
        .expect("not poisoned")
        .iter()
        .map(|request| show(&request.body))
        .collect();
    let expected: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    assert_eq!(
        bodies, expected,
        "nothing behind the refused head is handled"
    );
    served.stop().await;
}
