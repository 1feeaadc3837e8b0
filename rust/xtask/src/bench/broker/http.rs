//! Ingenium: events and deliveries over HTTP.

use std::fmt::Display;
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::load::BATCH;
use super::server::{PATIENCE, Publish, Server, connect, empty, free, send};

/// How long a publisher waits that was told to come later.
const PAUSE: Duration = Duration::from_millis(2);

/// What is read at once: more than a batch.
const CHUNK: usize = 64 * 1024;

/// The media type of a batch, as a header.
pub(super) const BATCH_TYPE: &str = "content-type: application/cloudevents-batch+json\r\n";

/// What is done with a delivery's head and body.
type Handler = dyn Fn(&str, &[u8]) + Send + Sync;

/// What a subscriber says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Accepted,
    /// Send it again.
    Later,
}

impl Answer {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Accepted => b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n",
            Self::Later => b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        }
    }
}

/// How events travel, both ways.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    /// One a request.
    Single,
    /// As CloudEvents batches.
    Batch,
}

/// Starts a broker with triggers to as many subscribers.
pub(super) fn start(
    program: &Path,
    folder: &Path,
    subscribers: usize,
    mode: Mode,
) -> Result<Server, String> {
    empty(folder)?;
    let address = free()?;
    let mut command = Command::new(program);
    command.args(["broker", "--port", &address.port().to_string(), "--data"]);
    command.arg(folder);
    let (publish, annotation): (Publish, _) = match mode {
        Mode::Single => (publish, String::new()),
        Mode::Batch => (
            publish_batches,
            format!(r#""ingenium.example/batch":"{BATCH}""#),
        ),
    };
    let server = Server::start(command, address, folder, PATIENCE, publish)?;
    for number in 0..subscribers {
        let arrivals = Arc::clone(&server.arrivals);
        let handler = move |_: &str, body: &[u8]| arrivals.add(body);
        let subscriber = subscribe(handler, Answer::Accepted).map_err(|error| error.to_string())?;
        let spec = format!(r#""subscriber":{{"uri":"http://{subscriber}/"}}"#);
        put(address, &format!("t{number}"), &spec, &annotation)?;
    }
    Ok(server)
}

/// Puts a Trigger with this in its `spec` and its `metadata.annotations`.
pub(super) fn put(
    address: SocketAddr,
    name: &str,
    spec: &str,
    annotations: &str,
) -> Result<(), String> {
    let object = format!(
        r#"{{"apiVersion":"eventing.knative.dev/v1","kind":"Trigger","metadata":{{"name":"{name}","annotations":{{{annotations}}}}},"spec":{{"broker":"default",{spec}}}}}"#
    );
    let path = format!("/apis/eventing.knative.dev/v1/namespaces/default/triggers/{name}");
    let request = format!(
        "PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{object}",
        object.len()
    );
    let put = connect(address).and_then(|mut stream| ask(&mut stream, &request));
    let answer = put.map_err(|error| error.to_string())?;
    if answer.starts_with("HTTP/1.1 201") {
        Ok(())
    } else {
        Err(answer)
    }
}

fn publish(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let mut stream = connect(address)?;
    for (event, payload) in payloads.enumerate() {
        let headers = format!(
            "ce-specversion: 1.0\r\nce-id: {number}-{event}\r\nce-source: /bench\r\nce-type: bench.event\r\n\
             ce-partitionkey: {number}\r\ncontent-type: application/json\r\n"
        );
        post(&mut stream, address, &headers, &payload)?;
    }
    Ok(())
}

fn publish_batches(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let mut stream = connect(address)?;
    for batch in 0.. {
        let payloads = (&mut *payloads).take(BATCH).enumerate();
        let events: Vec<String> = payloads
            .map(|(event, payload)| {
                event_json(&format!("{number}-{batch}-{event}"), number, &payload)
            })
            .collect();
        if events.is_empty() {
            break;
        }
        let body = format!("[{}]", events.join(","));
        post(&mut stream, address, BATCH_TYPE, &body)?;
    }
    Ok(())
}

/// An event of a batch.
pub(super) fn event_json(id: &str, key: impl Display, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/bench","type":"bench.event","partitionkey":"{key}","datacontenttype":"application/json","data":{data}}}"#
    )
}

/// Sends until it is taken: settlements share the writer's queue with events, so the next attempt comes soon.
pub(super) fn post(
    stream: &mut TcpStream,
    address: SocketAddr,
    headers: &str,
    body: &str,
) -> io::Result<()> {
    let length = body.len();
    let request = format!(
        "POST /default/default HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    let mut answer = ask(stream, &request)?;
    while answer.starts_with("HTTP/1.1 429") {
        std::thread::sleep(PAUSE);
        answer = ask(stream, &request)?;
    }
    if answer.starts_with("HTTP/1.1 202") {
        Ok(())
    } else {
        Err(io::Error::other(answer))
    }
}

/// Sends a request; the answers here are small and come in one piece.
pub(super) fn ask(stream: &mut TcpStream, request: &str) -> io::Result<String> {
    send(stream, request.as_bytes())?;
    let mut answer = [0; 8192];
    let read = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}

/// Listens to deliveries.
#[expect(
    clippy::disallowed_methods,
    reason = "a handler lives as long as its connection, which ends with the broker"
)]
pub(super) fn subscribe(
    handler: impl Fn(&str, &[u8]) + Send + Sync + 'static,
    answer: Answer,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let handler: Arc<Handler> = Arc::new(handler);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = Arc::clone(&handler);
            std::thread::spawn(move || drop(serve(stream, handler.as_ref(), answer)));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, handler: &Handler, answer: Answer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(CHUNK);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(&chunk[..read]);
        while let Some((head, end)) = whole(&buffer) {
            let text = std::str::from_utf8(&buffer[..head]).unwrap_or_default();
            handler(text, &buffer[head..end]);
            buffer.drain(..end);
            send(&mut stream, answer.bytes())?;
        }
    }
}

/// Where the body of the first request begins and ends, if it is all there.
fn whole(buffer: &[u8]) -> Option<(usize, usize)> {
    let head = buffer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length: usize = header(text, "content-length")?.parse().ok()?;
    (buffer.len() >= head + length).then_some((head, head + length))
}

/// A header of a message by its name.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (other, value) = line.split_once(':')?;
        other.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
