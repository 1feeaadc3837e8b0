//! Requests that two readers could read differently, byte for byte.

use ingenium_runtime::http::server::Limits;

use crate::served::{Served, read_answers, read_to_end, send, show, statuses};

/// Each is refused with this status and closes its connection; nothing reaches the handler.
fn refused() -> Vec<(&'static str, u16, Vec<u8>)> {
    let head =
        |lines: &str| format!("POST /ns/b HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n").into_bytes();
    let with = |lines: &str, body: &str| [head(lines), body.as_bytes().to_vec()].concat();
    let chunked = |body: &str| with("Transfer-Encoding: chunked", body);
    let many = |count: usize| "x: y\r\n".repeat(count - 1) + "x: y";
    let long = |length: usize| format!("x: {}", "y".repeat(length));
    vec![
        (
            "A01 length and coding",
            400,
            with(
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
        (
            "A01 coding and length",
            400,
            with(
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "0\r\n\r\n",
            ),
        ),
        (
            "A02 two lengths",
            400,
            with("Content-Length: 2\r\nContent-Length: 3", "{}"),
        ),
        (
            "A02 the same length twice",
            400,
            with("Content-Length: 2\r\nContent-Length: 2", "{}"),
        ),
        ("A02 list", 400, with("Content-Length: 2, 2", "{}")),
        ("A02 plus", 400, with("Content-Length: +2", "{}")),
        ("A02 minus", 400, with("Content-Length: -1", "{}")),
        ("A02 hex", 400, with("Content-Length: 0x2", "{}")),
        ("A02 empty", 400, with("Content-Length:", "{}")),
        (
            "A02 2^64",
            400,
            with("Content-Length: 18446744073709551616", "{}"),
        ),
        (
            "A03 2^64-1",
            413,
            with("Content-Length: 18446744073709551615", "{}"),
        ),
        (
            "A03 1 MiB and 1",
            413,
            with("Content-Length: 1048577", "{}"),
        ),
        (
            "A03 chunks past 1 MiB",
            413,
            chunked(&("10000\r\n".to_owned() + &"x".repeat(65536) + "\r\n").repeat(17)),
        ),
        ("A03 one chunk past 1 MiB", 413, chunked("100001\r\nx")),
        ("A04 gzip", 400, with("Transfer-Encoding: gzip", "x")),
        (
            "A04 two codings",
            400,
            with("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
        ),
        (
            "A04 twice",
            400,
            with(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
        (
            "A04 xchunked",
            400,
            with("Transfer-Encoding: xchunked", "0\r\n\r\n"),
        ),
        (
            "A04 space before the colon",
            400,
            with("Transfer-Encoding : chunked", "0\r\n\r\n"),
        ),
        (
            "A04 HTTP/1.0",
            400,
            b"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_vec(),
        ),
        ("A05 no digits", 400, chunked("ZZ\r\n{}\r\n0\r\n\r\n")),
        ("A05 no size", 400, chunked("\r\n{}\r\n0\r\n\r\n")),
        (
            "A05 17 digits",
            400,
            chunked(
                "00000000000000002\r\n{}\r\n0\r\n\r\n"
                    .replacen('0', "1", 1)
                    .as_str(),
            ),
        ),
        ("A05 bare LF after size", 400, chunked("2\n{}\r\n0\r\n\r\n")),
        ("A05 bare LF after data", 400, chunked("2\r\n{}\n0\r\n\r\n")),
        (
            "A05 data longer than its size",
            400,
            chunked("2\r\n{}}\r\n0\r\n\r\n"),
        ),
        (
            "A05 64 KiB extension",
            400,
            chunked(&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "e".repeat(65536))),
        ),
        (
            "A05 64 KiB trailers",
            431,
            chunked(&format!("0\r\nt: {}\r\n\r\n", "e".repeat(65536))),
        ),
        (
            "A05 control in a trailer",
            400,
            chunked("0\r\nt: a\0b\r\n\r\n"),
        ),
        (
            "A07 no host",
            400,
            b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        ("A07 two hosts", 400, head("Host: h\r\nContent-Length: 0")),
        (
            "A07 a list of hosts",
            400,
            b"POST / HTTP/1.1\r\nHost: a, b\r\n\r\n".to_vec(),
        ),
        (
            "A08 folded",
            400,
            head("ce-id: 1\r\n 2\r\nContent-Length: 0"),
        ),
        ("A08 NUL", 400, head("ce-id: a\0b\r\nContent-Length: 0")),
        (
            "A08 control",
            400,
            head("ce-id: a\x01b\r\nContent-Length: 0"),
        ),
        (
            "A08 delete",
            400,
            head("ce-id: a\x7fb\r\nContent-Length: 0"),
        ),
        (
            "A08 space in a name",
            400,
            head("ce id: 1\r\nContent-Length: 0"),
        ),
        ("A08 no colon", 400, head("ce-id\r\nContent-Length: 0")),
        ("A08 empty name", 400, head(": 1\r\nContent-Length: 0")),
        (
            "A08 bare LF",
            400,
            b"POST / HTTP/1.1\nHost: h\nContent-Length: 0\n\n".to_vec(),
        ),
        ("A08 bare LF in the middle", 400, head("ce-id: 1\nx: y")),
        ("A08 bare CR", 400, head("ce-id: 1\rx: y")),
        ("A10 257 headers", 431, head(&many(256))),
        ("A10 16 KiB of headers", 431, head(&long(16 * 1024))),
        (
            "A10 70 KB of path",
            431,
            format!("POST /{} HTTP/1.1\r\nHost: h\r\n\r\n", "p".repeat(70_000)).into_bytes(),
        ),
        (
            "A13 gzip",
            415,
            with("Content-Encoding: gzip\r\nContent-Length: 2", "{}"),
        ),
        (
            "A13 br",
            415,
            with("Content-Encoding: br\r\nContent-Length: 2", "{}"),
        ),
        ("A15 HTTP/0.9", 400, b"GET /\r\n\r\n".to_vec()),
        (
            "A15 HTTP/2.0",
            400,
            b"POST / HTTP/2.0\r\nHost: h\r\n\r\n".to_vec(),
        ),
        (
            "A15 preface",
            400,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        ),
        (
            "A15 TLS",
            400,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        ),
        ("A15 NULs", 400, vec![0; 100]),
        (
            "A16 expectation",
            417,
            head("Expect: 200-maybe\r\nContent-Length: 0"),
        ),
        (
            "A19 absolute form",
            400,
            b"POST http://h/ns/b HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
        ),
        (
            "A19 space in the target",
            400,
            b"POST /a b HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
        ),
        (
            "A19 high byte in the target",
            400,
            b"POST /\xff HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
        ),
        (
            "A19 fragment",
            400,
            b"POST /a#b HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(),
        ),
    ]
}

/// Each reaches the handler and is answered with this status on a connection that stays open.
fn taken() -> Vec<(&'static str, u16, Vec<u8>)> {
    let post =
        |lines: &str| format!("POST /ns/b HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n").into_bytes();
    let other = |method: &str| format!("{method} / HTTP/1.1\r\nHost: h\r\n\r\n").into_bytes();
    let target = |path: &str| format!("POST {path} HTTP/1.1\r\nHost: h\r\n\r\n").into_bytes();
    vec![
        (
            "A09 high byte is the contract's to judge",
            202,
            b"POST / HTTP/1.1\r\nHost: h\r\nce-id: \xff\r\n\r\n".to_vec(),
        ),
        (
            "A10 256 headers",
            202,
            post(&("x: y\r\n".repeat(254) + "x: y")),
        ),
        ("A13 identity", 202, post("Content-Encoding: identity")),
        ("A14 GET", 405, other("GET")),
        ("A14 PUT", 405, other("PUT")),
        ("A14 TRACE", 405, other("TRACE")),
        ("A14 lower case", 405, other("post")),
        (
            "A16 upgrade",
            202,
            post("Connection: upgrade\r\nUpgrade: h2c"),
        ),
        ("A19 dots", 202, target("/..%2f..%2fetc/passwd")),
        ("A19 encoded NUL", 202, target("/%00")),
        ("A19 two slashes", 202, target("//host/")),
        (
            "an empty line before the request",
            202,
            [b"\r\n".to_vec(), post("x: y")].concat(),
        ),
        (
            "chunks",
            202,
            [
                post("Transfer-Encoding: chunked"),
                b"2;a=\"b\"\r\n{}\r\n0\r\nt: v\r\n\r\n".to_vec(),
            ]
            .concat(),
        ),
        (
            "coding in capitals",
            202,
            [post("transfer-encoding: CHUNKED"), b"0\r\n\r\n".to_vec()].concat(),
        ),
    ]
}

#[tokio::test]
async fn refused_requests_are_answered_closed_and_never_handled() {
    let served = Served::start(Limits::default()).await;
    for (name, status, bytes) in refused() {
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
    for (name, status, bytes) in taken() {
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
