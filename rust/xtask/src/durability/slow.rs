//! Ten thousand peers that take their time, and one that does not.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::bench::Bench;
use super::beside;
use super::report::{Report, row};
use crate::memory::kibibytes;

/// When the last of them must be closed.
const CLOSED: Duration = Duration::from_secs(10);

/// What they may take in all, in KiB.
const MEMORY: u64 = 100 * 1024;

/// What slow peers send at once, and what they add once a second.
const KINDS: &[(&str, &str, &[u8])] = &[
    ("silent", "", b""),
    (
        "half a head",
        "POST /default/default HTTP/1.1\r\nHost: h\r\nce-id: ha",
        b"",
    ),
    (
        "a head byte by byte",
        "POST /default/default HTTP/1.1\r\nHost: h\r\nce-id: ",
        b"x",
    ),
    (
        "half a body",
        "POST /default/default HTTP/1.1\r\nHost: h\r\nce-specversion: 1.0\r\nce-id: half\r\nce-source: /slow\r\nce-type: t\r\n\
         Content-Length: 1000\r\n\r\nhalf",
        b"",
    ),
    (
        "a body byte by byte",
        "POST /default/default HTTP/1.1\r\nHost: h\r\nce-specversion: 1.0\r\nce-id: drip\r\nce-source: /slow\r\nce-type: t\r\n\
         Content-Length: 1000\r\n\r\n",
        b"x",
    ),
];

/// Slots that are left for the good publisher: the one that it keeps, and one that is new.
const GOOD: u32 = 2;

/// A slow connection.
struct Peer {
    kind: usize,
    /// `None` once it was closed.
    socket: Option<TcpStream>,
    opened: Instant,
    answer: Vec<u8>,
}

/// What became of the peers of one kind.
#[derive(Default, Clone)]
struct Closed {
    count: u32,
    timeouts: u32,
    longest: Duration,
}

pub(super) fn run(bench: &Bench, connections: u32) -> Result<Report, String> {
    let limit = raise_limit(u64::from(connections) + 200)?;
    let (closed, beside) = beside::run(bench, "slow", |address, id| {
        flood(address, connections.saturating_sub(GOOD), id)
    })?;
    let mut table = vec![row([
        &"peers",
        &"connections",
        &"closed after, at most",
        &"answered with 408",
    ])];
    for ((name, ..), closed) in KINDS.iter().zip(&closed) {
        let longest = format!("{:.1} s", closed.longest.as_secs_f64());
        table.push(row([name, &closed.count, &longest, &closed.timeouts]));
        if closed.longest > CLOSED {
            return Err(format!("{name}: closed after {longest}"));
        }
    }
    table.extend(beside.rows());
    beside.judge(MEMORY)?;
    Ok(Report {
        title: "Slow peers",
        text: format!(
            "Connections that say nothing, or say it too slowly, are closed within 10 s, where possible with 408; all of them \
             together take less than 100 MB; who behaves is served all the while.\n\n\
             {connections} connections in all, as many as the broker serves at a time, of five kinds, opened as fast as it \
             takes them, each with its own clock. Beside them a publisher sends event after event, every twentieth on a new \
             connection. The process may open {limit} files."
        ),
        table,
        command: format!("cargo xtask durability slow --connections {connections}"),
    })
}

/// Lets this process and the broker, which inherits it, open `wanted` files.
fn raise_limit(wanted: u64) -> Result<u64, String> {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    if most < wanted {
        return Err(format!(
            "{wanted} open files are needed and {most} are allowed: raise the hard limit (`ulimit -Hn`), or say fewer \
             --connections"
        ));
    }
    let current = limit.current.unwrap_or(u64::MAX).max(wanted);
    let raised = Rlimit {
        current: Some(current),
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).map_err(|error| format!("open files: {error}"))?;
    Ok(current)
}

/// Opens the slow connections and watches until the broker has closed all of them; the most memory that it had, in KiB.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the stop watch of a developer command"
)]
fn flood(address: SocketAddr, count: u32, broker: u32) -> Result<(Vec<Closed>, u64), String> {
    let mut peers = Vec::new();
    let mut closed = vec![Closed::default(); KINDS.len()];
    let mut most = 0;
    for number in 0..count {
        let kind = number as usize % KINDS.len();
        let failed = |error: io::Error| format!("connection {number}: {error}");
        let mut socket = TcpStream::connect_timeout(&address, CLOSED).map_err(failed)?;
        socket.write_all(KINDS[kind].1.as_bytes()).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        peers.push(Peer {
            kind,
            socket: Some(socket),
            opened: Instant::now(),
            answer: Vec::new(),
        });
        if number % 1000 == 0 {
            sweep(&mut peers, &mut closed, false);
        }
    }
    let opened = Instant::now();
    let mut dripped = opened;
    while peers.iter().any(|peer| peer.socket.is_some()) {
        if opened.elapsed() > CLOSED * 2 {
            let open = peers.iter().filter(|peer| peer.socket.is_some()).count();
            return Err(format!(
                "{open} connections are still open {:?} after the last was opened",
                opened.elapsed()
            ));
        }
        let drips = dripped.elapsed() >= Duration::from_secs(1);
        if drips {
            dripped = Instant::now();
        }
        sweep(&mut peers, &mut closed, drips);
        most = most.max(kibibytes(broker, "VmRSS")?);
        sleep(Duration::from_millis(20));
    }
    Ok((closed, most))
}

/// Looks at each open connection once.
fn sweep(peers: &mut [Peer], closed: &mut [Closed], drips: bool) {
    let mut buffer = [0; 1024];
    for peer in peers {
        let Some(socket) = &mut peer.socket else {
            continue;
        };
        if drips {
            // A broker that has closed says so when it is read.
            drop(socket.write(KINDS[peer.kind].2));
        }
        let is_closed = loop {
            match socket.read(&mut buffer) {
                Ok(0) => break true,
                Ok(read) => peer.answer.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break false,
                Err(_) => break true,
            }
        };
        if is_closed {
            let of_kind = &mut closed[peer.kind];
            of_kind.count += 1;
            of_kind.longest = of_kind.longest.max(peer.opened.elapsed());
            of_kind.timeouts += u32::from(peer.answer.starts_with(b"HTTP/1.1 408"));
            peer.socket = None;
        }
    }
}
