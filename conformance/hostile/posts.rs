//! Posts that no sink wants.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use super::Named;

/// Each with its name; it is given the sink's URL.
pub(super) const ALL: [Named<String>; 6] = [
    ("posts-without-end", |sink| {
        loop {
            let event = format!(
                "{{\"specversion\":\"1.0\",\"id\":\"{}\"}}",
                "x".repeat(10_000)
            );
            post(&sink, "application/cloudevents+json", event.as_bytes());
        }
    }),
    ("posts-a-gigabyte", |sink| {
        let Some((mut connection, path)) = connect(&sink) else {
            return;
        };
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n");
        drop(connection.write_all(head.as_bytes()));
        while connection.write_all(&[b'x'; 64 * 1024]).is_ok() {}
    }),
    ("posts-a-thousand-halves", |sink| {
        let mut held = Vec::new();
        for _ in 0..1_000 {
            if let Some((mut connection, path)) = connect(&sink) {
                drop(connection.write_all(
                    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-le").as_bytes(),
                ));
                held.push(connection);
            }
        }
        std::thread::sleep(Duration::from_secs(3600));
    }),
    ("posts-escapes", |sink| {
        loop {
            let event = "{\"specversion\":\"1.0\",\"id\":\"\\u001b[31m]]></failure>\",\"source\":\"<script>alert()</script>\",\
                     \"type\":\"../../etc/passwd\",\"\\u202e\":\"::error::owned%0A\",\"data\":\"\\ud800\"}";
            post(&sink, "application/cloudevents+json", event.as_bytes());
            std::thread::sleep(Duration::from_millis(20));
        }
    }),
    ("posts-deep-json", |sink| {
        loop {
            post(&sink, "application/cloudevents+json", &b"[".repeat(500_000));
        }
    }),
    ("posts-many-members", |sink| {
        loop {
            let members: String = (0..100_000).map(|n| format!("\"a{n}\":{n},")).collect();
            post(
                &sink,
                "application/cloudevents+json",
                format!("{{{members}\"specversion\":\"1.0\"}}").as_bytes(),
            );
        }
    }),
];

fn connect(sink: &str) -> Option<(TcpStream, String)> {
    let rest = sink.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/')?;
    Some((TcpStream::connect(host).ok()?, format!("/{path}")))
}

/// Posts, and does not wait for an answer.
fn post(sink: &str, media_type: &str, body: &[u8]) {
    let Some((mut connection, path)) = connect(sink) else {
        std::thread::sleep(Duration::from_millis(100));
        return;
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    drop(
        connection
            .write_all(head.as_bytes())
            .and_then(|()| connection.write_all(body)),
    );
}
