//! Answers that no client wants.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::Named;

/// Reads one request: its head and as much body as it announces. `None` at the end.
pub(super) fn request(connection: &mut TcpStream) -> Option<()> {
    let mut read = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let head = read.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let whole = head + 4 + length.unwrap_or(0_usize);
            if read.len() >= whole {
                return Some(());
            }
        }
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Reads a request and writes `bytes`, for every request.
fn always(mut connection: TcpStream, bytes: &[u8]) {
    while request(&mut connection).is_some() {
        if connection.write_all(bytes).is_err() {
            return;
        }
    }
}

/// Reads a request, writes `start`, and then `more` without end, a pause between.
fn endless(mut connection: TcpStream, start: &[u8], more: &[u8], pause: Duration) {
    if request(&mut connection).is_none() || connection.write_all(start).is_err() {
        return;
    }
    while connection.write_all(more).is_ok() {
        std::thread::sleep(pause);
    }
}

/// Writes `start`, `more` so many times, and `end`.
fn long(mut connection: TcpStream, start: &[u8], more: &[u8], times: usize, end: &[u8]) {
    if request(&mut connection).is_none() || connection.write_all(start).is_err() {
        return;
    }
    for _ in 0..times {
        if connection.write_all(more).is_err() {
            return;
        }
    }
    drop(connection.write_all(end));
}

const NOW: Duration = Duration::ZERO;
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const STRUCTURED: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/cloudevents+json\r\ntransfer-encoding: chunked\r\n\r\n";

/// Each with its name.
pub(super) const ALL: [Named<TcpStream>; 28] = [
    ("endless-chunks", |it| {
        endless(it, CHUNKED, b"4\r\nmore\r\n", NOW);
    }),
    ("one-byte-a-second", |it| {
        endless(
            it,
            b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n",
            b"x",
            Duration::from_secs(1),
        );
    }),
    ("head-without-end", |it| {
        endless(it, b"HTTP/1.1 200 OK\r\nx: ", &[b'y'; 64 * 1024], NOW);
    }),
    ("headers-without-end", |it| {
        endless(it, b"HTTP/1.1 200 OK\r\n", b"x-header: value\r\n", NOW);
    }),
    ("head-by-drops", |it| {
        endless(
            it,
            b"HTTP/1.1 200 OK\r\n",
            b"x: y\r\n",
            Duration::from_millis(200),
        );
    }),
    ("gzip-bomb", |it| {
        long(
            it,
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n",
            &bomb(),
            100_000,
            b"0\r\n\r\n",
        );
    }),
    ("redirects-to-itself", |it| {
        always(
            it,
            b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 0\r\n\r\n",
        );
    }),
    ("closes-at-once", drop),
    ("closes-after-the-request", |mut it| {
        let _ = request(&mut it);
    }),
    ("page-for-an-answer", |it| {
        always(it, b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 24\r\n\r\n<script>alert()</script>\n");
    }),
    ("a-million-events", |it| {
        long(it, b"HTTP/1.1 200 OK\r\ncontent-type: application/cloudevents-batch+json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n", &events(), 10_000, b"1\r\n]\r\n0\r\n\r\n");
    }),
    ("never-answers", |mut it| {
        let _ = request(&mut it);
        std::thread::sleep(Duration::from_secs(3600));
    }),
    ("never-reads", |it| {
        std::thread::sleep(Duration::from_secs(3600));
        drop(it);
    }),
    ("half-a-head", |mut it| {
        let _ = request(&mut it);
        drop(it.write_all(b"HTTP/1.1 200 OK\r\ncontent-"));
        std::thread::sleep(Duration::from_secs(3600));
    }),
    ("noise", |it| endless(it, b"", &[0, 255, 10, 13, 7], NOW)),
    ("negative-length", |it| {
        always(it, b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n");
    }),
    ("two-lengths", |it| {
        always(
            it,
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
        );
    }),
    ("less-than-promised", |it| {
        long(
            it,
            b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n",
            b"x",
            1,
            b"",
        );
    }),
    ("chunk-without-a-size", |it| {
        always(
            it,
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nxx\r\n0\r\n\r\n",
        );
    }),
    ("no-head-at-all", |it| long(it, b"hello", b"", 0, b"")),
    ("status-999", |it| {
        always(it, b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n");
    }),
    ("status-000", |it| {
        always(it, b"HTTP/1.1 000 None\r\ncontent-length: 0\r\n\r\n");
    }),
    ("continues-for-ever", |it| {
        endless(it, b"", b"HTTP/1.1 100 Continue\r\n\r\n", NOW);
    }),
    ("switches-protocols", |it| {
        always(
            it,
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
        );
    }),
    ("a-hundred-thousand-headers", |it| {
        long(
            it,
            b"HTTP/1.1 200 OK\r\n",
            b"ce-x: y\r\n",
            100_000,
            b"content-length: 0\r\n\r\n",
        );
    }),
    ("deep-json", |it| {
        long(it, STRUCTURED, &chunk(&[b'['; 10_000]), 1_000, b"0\r\n\r\n");
    }),
    ("long-text", |it| {
        long(
            it,
            STRUCTURED,
            &chunk(&[b'"'; 1]),
            1,
            &chunk(&[b'x'; 100_000]).repeat(1_000),
        );
    }),
    ("escapes", |it| {
        always(it, b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 44\r\n\r\n\x1b[2J\x1b]0;owned\x07]]></failure><script>1</script>\n--\n");
    }),
];

/// A chunk of a chunked body.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// A piece of a compressed stream that stands for very many zeros: `gzip -9 < /dev/zero` goes on like this.
fn bomb() -> Vec<u8> {
    chunk(
        &[
            0xed, 0xc1, 0x01, 0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a,
        ]
        .repeat(1_000),
    )
}

/// A hundred events in a row.
fn events() -> Vec<u8> {
    let event = r#"{"specversion":"1.0","id":"1","source":"/x","type":"ingenium.strategy.signal","data":{}},"#;
    chunk(event.repeat(100).as_bytes())
}
