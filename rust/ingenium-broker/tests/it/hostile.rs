//! Requests that mean harm, byte for byte: each has its answer, and none leaves a trace in the log.

use std::net::SocketAddr;

use ingenium_broker::Mode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::rig::{PATIENCE, Sender, broker};
use crate::rows::{self, Row};

const LAST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

/// Sends bytes and reads until the broker closes, which it must.
async fn exchange(address: SocketAddr, name: &str, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let (mut reader, mut writer) = socket.split();
    let mut answer = Vec::new();
    // Both at once: a broker that refuses early reads no more, and a sender that only writes would wait for ever.
    let both = async { tokio::join!(reader.read_to_end(&mut answer), writer.write_all(bytes)) };
    let ended = timeout(PATIENCE, both).await;
    assert!(ended.is_ok(), "{name}: the connection stays open");
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<u16> {
    let answers = answer.split("HTTP/1.1 ").skip(1);
    answers
        .filter_map(|rest| rest.get(..3)?.parse().ok())
        .collect()
}

#[tokio::test]
async fn what_is_refused_is_a_problem_and_is_not_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    for Row {
        name,
        bytes,
        status,
    } in rows::refused("broker")
    {
        let answer = exchange(broker.address(), &name, &bytes).await;
        assert_eq!(statuses(&answer), [status], "{name}: {answer}");
        for word in [
            "application/problem+json",
            "\"code\":\"",
            "connection: close",
        ] {
            assert!(answer.contains(word), "{name}: no `{word}`: {answer}");
        }
        assert_eq!(broker.counts().stored, 0, "{name} is stored");
    }
    Sender::to(&broker).accepted("good", &[], "{}").await;
    assert_eq!(broker.counts().stored, 1);
    broker.shutdown().await;
}

#[tokio::test]
async fn what_is_odd_has_its_answer_and_the_connection_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let mut stored = 0;
    for Row {
        name,
        bytes,
        status,
    } in rows::answered("broker")
    {
        let answer = exchange(broker.address(), &name, &[&bytes, LAST].concat()).await;
        assert_eq!(statuses(&answer), [status, 200], "{name}: {answer}");
        stored += u64::from(status == 202);
        assert_eq!(broker.counts().stored, stored, "{name}");
        if status == 405 {
            assert!(answer.contains("allow: POST, OPTIONS"), "{name}: {answer}");
        }
        if (400..500).contains(&status) {
            assert!(
                answer.contains("application/problem+json"),
                "{name}: {answer}"
            );
        }
    }
    assert!(stored > 0, "some of them are events");
    broker.shutdown().await;
}

/// A06: a body that ends before its length, by a farewell or without one.
#[tokio::test]
async fn a_body_that_breaks_off_is_not_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let half = b"POST /ns/b HTTP/1.1\r\nHost: h\r\nce-specversion: 1.0\r\nce-id: half\r\nce-source: /hostile\r\n\
        ce-type: test.event\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}";
    for is_reset in [false, true] {
        let mut socket = TcpStream::connect(broker.address())
            .await
            .expect("it listens");
        socket.write_all(half).await.expect("written");
        if is_reset {
            socket.set_zero_linger().expect("a socket");
            drop(socket);
        } else {
            socket.shutdown().await.expect("connected");
            let mut answer = Vec::new();
            let read = timeout(PATIENCE, socket.read_to_end(&mut answer)).await;
            read.expect("the broker closes").expect("no reset");
            assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
        }
        // The broker still takes events, and this is the only one.
        Sender::to(&broker).accepted("good", &[], "{}").await;
        assert_eq!(broker.counts().stored, 1, "reset: {is_reset}");
    }
    broker.shutdown().await;
}

/// A17: a thousand requests in one go, answered and stored in their order.
#[tokio::test]
async fn pipelined_events_are_stored_in_their_order() {
    const EVENTS: usize = 1000;
    let folder = tempfile::tempdir().expect("a folder");
    let broker = broker(folder.path(), Mode::Fifo).await;
    let mut stream = Vec::new();
    for number in 0..EVENTS {
        stream.extend_from_slice(
            format!(
                "POST /ns/b HTTP/1.1\r\nHost: h\r\nce-specversion: 1.0\r\nce-id: {number}\r\nce-source: /hostile\r\n\
                 ce-type: test.event\r\nContent-Length: 0\r\n\r\n"
            )
            .as_bytes(),
        );
    }
    stream.extend_from_slice(LAST);
    let answer = exchange(broker.address(), "pipeline", &stream).await;
    let mut expected = vec![202; EVENTS];
    expected.push(200);
    assert_eq!(statuses(&answer), expected);
    let mut ids = Vec::new();
    let read = broker.for_each_event(|event| ids.push(event.event.id.clone()));
    read.await.expect("readable");
    let expected: Vec<String> = (0..EVENTS).map(|number| number.to_string()).collect();
    assert_eq!(ids, expected);
    broker.shutdown().await;
}
