//! Peers that take more than they are given: heads without an end, and answers that nobody reads.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bench::Bench;
use super::beside;
use super::report::{Report, row};
use crate::memory::kibibytes;

/// Connections that send a head of [`HEAD`] bytes, a piece after another.
const HEADS: usize = 500;

/// More than any head that is read.
const HEAD: usize = 300 * 1000;

/// Connections that ask again and again, and read no answer.
const DEAF: usize = 50;

/// When the last of them must be closed: an answer may be left unread for ten seconds, once what the kernel keeps of
/// answers is full, which takes an unoptimised broker another fifteen.
const CLOSED: Duration = Duration::from_secs(60);

/// What they may take in all, in KiB: half a mebibyte each would be 275.
const MEMORY: u64 = 64 * 1024;

/// What a deaf peer asks for: some kilobytes.
const QUESTION: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n";

/// A connection that the broker has to close.
struct Peer {
    /// `None` once it was closed.
    socket: Option<TcpStream>,
    sent: usize,
    answer: Vec<u8>,
    is_deaf: bool,
    opened: Instant,
}

/// What became of the peers of one kind.
#[derive(Default, Clone)]
struct Closed {
    count: usize,
    refused: usize,
    longest: Duration,
}

pub(super) fn run(bench: &Bench) -> Result<Report, String> {
    let ([heads, deaf], beside) = beside::run(bench, "greedy", flood)?;
    if heads.refused != HEADS {
        return Err(format!(
            "{} of {HEADS} heads of {HEAD} bytes were answered with 431",
            heads.refused
        ));
    }
    let mut table = vec![row([
        &"peers",
        &"connections",
        &"closed after, at most",
        &"answered with 431",
    ])];
    for (name, closed, refused) in [
        ("a head of 300 kB, a kilobyte at a time", &heads, "all"),
        ("questions, and no answer is read", &deaf, "none"),
    ] {
        let longest = format!("{:.1} s", closed.longest.as_secs_f64());
        table.push(row([&name, &closed.count, &longest, &refused]));
    }
    table.extend(beside.rows());
    beside.judge(MEMORY)?;
    Ok(Report {
        title: "Greedy peers",
        text: format!(
            "A head is read up to 16 KiB, and answered with 431 beyond; an answer that nobody reads holds its connection for \
             ten seconds, once the kernel takes no more of it. Neither takes memory that grows with what is sent.\n\n\
             {HEADS} connections send a head of {HEAD} bytes; {DEAF} ask for `/metrics` as often as they can send and read \
             nothing, until the broker closes. Beside them a publisher sends event after event."
        ),
        table,
        command: "cargo xtask durability greedy".to_owned(),
    })
}

/// Opens the connections and lets them have their way until the broker has closed all of them; the most memory that it
/// had, in KiB.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a developer command"
)]
fn flood(address: SocketAddr, broker: u32) -> Result<([Closed; 2], u64), String> {
    let mut peers = Vec::new();
    for number in 0..HEADS + DEAF {
        let socket = TcpStream::connect_timeout(&address, CLOSED)
            .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
            .map_err(|error| format!("connection {number}: {error}"))?;
        let is_deaf = number >= HEADS;
        peers.push(Peer {
            socket: Some(socket),
            sent: 0,
            answer: Vec::new(),
            is_deaf,
            opened: Instant::now(),
        });
    }
    let opened = Instant::now();
    let mut closed = [Closed::default(), Closed::default()];
    let mut most = 0;
    loop {
        let mut open = 0;
        for peer in &mut peers {
            if peer.socket.is_none() {
                continue;
            }
            if peer.turn() {
                open += 1;
                continue;
            }
            peer.socket = None;
            let of_kind = &mut closed[usize::from(peer.is_deaf)];
            of_kind.count += 1;
            of_kind.longest = of_kind.longest.max(peer.opened.elapsed());
            of_kind.refused += usize::from(peer.answer.starts_with(b"HTTP/1.1 431"));
        }
        most = most.max(kibibytes(broker, "VmRSS")?);
        if open == 0 {
            return Ok((closed, most));
        }
        if opened.elapsed() > CLOSED {
            return Err(format!(
                "{open} connections are still open after {CLOSED:?}"
            ));
        }
        sleep(Duration::from_millis(5));
    }
}

impl Peer {
    /// Sends more, and listens unless it is deaf; false when the broker has closed.
    fn turn(&mut self) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        if self.is_deaf {
            // A broker that has closed with bytes unread says so to who writes.
            return match socket.write(QUESTION) {
                Ok(_) => true,
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            };
        }
        let piece = if self.sent == 0 {
            "POST /default/default HTTP/1.1\r\nHost: h\r\nce-a: ".to_owned()
        } else {
            "x".repeat(1000)
        };
        if self.sent < HEAD
            && let Ok(sent) = socket.write(piece.as_bytes())
        {
            self.sent += sent;
        }
        let mut buffer = [0; 1024];
        loop {
            match socket.read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => self.answer.extend_from_slice(&buffer[..read]),
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }
}
