//! Ingenium: events and deliveries over HTTP.

use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::load::Arrivals;
use super::server::{Server, connect, empty, free, send};

/// How long a publisher waits that was told to come later.
const PAUSE: Duration = Duration::from_millis(2);

/// Starts a broker with triggers to as many subscribers.
pub(super) fn start(program: &Path, folder: &Path, subscribers: usize) -> Result<Server, String> {
    empty(folder)?;
    let address = free()?;
    let mut command = Command::new(program);
    command.args(["broker", "--port", &address.port().to_string(), "--data"]);
    command.arg(folder);
    let server = Server::start(command, address, folder, publish)?;
    for number in 0..subscribers {
        let subscriber = subscribe(&server.arrivals).map_err(|error| error.to_string())?;
        let object = format!(
            r#"{{"apiVersion":"eventing.knative.dev/v1","kind":"Trigger","metadata":{{"name":"t{number}"}},"spec":{{"broker":"default","subscriber":{{"uri":"http://{subscriber}/"}}}}}}"#
        );
        let path = format!("/apis/eventing.knative.dev/v1/namespaces/default/triggers/t{number}");
        let request = format!(
            "PUT {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{object}",
            object.len()
        );
        let put = connect(address).and_then(|mut stream| ask(&mut stream, &request));
        let answer = put.map_err(|error| error.to_string())?;
        if !answer.starts_with("HTTP/1.1 201") {
            return Err(answer);
        }
    }
    Ok(server)
}

fn publish(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let mut stream = connect(address)?;
    for (event, payload) in payloads.enumerate() {
        let request = format!(
            "POST /default/default HTTP/1.1\r\nhost: {address}\r\nce-specversion: 1.0\r\nce-id: {number}-{event}\r\n\
             ce-source: /bench\r\nce-type: bench.event\r\nce-partitionkey: {number}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{payload}",
            payload.len()
        );
        let mut answer = ask(&mut stream, &request)?;
        // Settlements of five subscribers share the writer's queue with events: then the next attempt comes soon.
        while answer.starts_with("HTTP/1.1 429") {
            std::thread::sleep(PAUSE);
            answer = ask(&mut stream, &request)?;
        }
        if !answer.starts_with("HTTP/1.1 202") {
            return Err(io::Error::other(answer));
        }
    }
    Ok(())
}

/// Sends a request; the answers here are small and come in one piece.
fn ask(stream: &mut TcpStream, request: &str) -> io::Result<String> {
    send(stream, request.as_bytes())?;
    let mut answer = [0; 8192];
    let read = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a handler lives as long as its connection, which ends with the broker"
)]
fn subscribe(arrivals: &Arc<Arrivals>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let arrivals = Arc::clone(arrivals);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let arrivals = Arc::clone(&arrivals);
            std::thread::spawn(move || drop(serve(stream, &arrivals)));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, arrivals: &Arrivals) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(8192);
    let mut chunk = [0; 8192];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(&chunk[..read]);
        while let Some((head, end)) = whole(&buffer) {
            arrivals.add(&buffer[head..end]);
            buffer.drain(..end);
            send(
                &mut stream,
                b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n",
            )?;
        }
    }
}

/// Where the body of the first request begins and ends, if it is all there.
fn whole(buffer: &[u8]) -> Option<(usize, usize)> {
    let head = buffer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length: usize = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    })?;
    (buffer.len() >= head + length).then_some((head, head + length))
}
