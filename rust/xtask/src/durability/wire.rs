//! Just enough HTTP/1.1 for both ends of the broker. Its own, as the ends have to see and to do what no client or server
//! does: an answer that breaks off, a connection that is dropped in the middle.

use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes: a broker that says nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request or an answer.
#[derive(Debug)]
pub(super) struct Message {
    /// The first line.
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// A header by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> Option<u16> {
        self.line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }
}

/// Reads a message; `None` where the peer has ended before it.
pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(line) = line(reader)? else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        let Some(line) = self::line(reader)? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(Ok(0), |(_, value)| value.parse());
    let mut body = vec![0; length.map_err(io::Error::other)?];
    reader.read_exact(&mut body)?;
    Ok(Some(Message {
        line,
        headers,
        body,
    }))
}

fn line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    if !line.ends_with("\r\n") {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.len() - 2);
    Ok(Some(line))
}

/// A connection to the broker.
pub(super) struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(&address, PATIENCE)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            reader: BufReader::new(socket),
        })
    }

    /// Asks, and waits for the whole answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> io::Result<Message> {
        self.reader.get_mut().write_all(request)?;
        read(&mut self.reader)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// The bytes of a request.
pub(super) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: broker\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The bytes of a request that publishes an event in binary mode.
pub(super) fn event(source: &str, id: &str, key: u32, body: &[u8]) -> Vec<u8> {
    let headers = format!(
        "ce-specversion: 1.0\r\nce-source: {source}\r\nce-id: {id}\r\nce-type: durability.event\r\n\
         ce-partitionkey: {key}\r\nContent-Type: application/octet-stream\r\n"
    );
    request("POST", "/default/default", &headers, body)
}
