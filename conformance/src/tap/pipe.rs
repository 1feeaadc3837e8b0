//! Bytes from one side to the other, unaltered and undelayed, with a copy on the side.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::warn;

use super::wire::Way;

/// How much is read at once. With the length of the queue it bounds what the copies take.
const PART: usize = 16 * 1024;

/// A copy of what passed.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) connection: u64,
    pub(super) way: Way,
    /// Nothing at the end.
    pub(super) bytes: Option<Bytes>,
}

/// What is not copied is counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) connections: AtomicU64,
    /// Connections of which something was not judged, because the judge could not keep up.
    pub(super) lost: AtomicU64,
    /// Connections that could not be passed on, for nobody listens there.
    pub(super) refused: AtomicU64,
}

/// The copying side of one connection.
#[derive(Debug)]
struct Copy {
    connection: u64,
    queue: mpsc::Sender<Part>,
    counts: Arc<Counts>,
    lost: AtomicBool,
}

impl Copy {
    /// Never waits: what the judge cannot take now is lost to it, and the connection with it.
    fn give(&self, way: Way, bytes: Option<&[u8]>) {
        if self.lost.load(Ordering::Relaxed) {
            return;
        }
        let part = Part {
            connection: self.connection,
            way,
            bytes: bytes.map(Bytes::copy_from_slice),
        };
        if self.queue.try_send(part).is_err() && !self.lost.swap(true, Ordering::Relaxed) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Takes connections and passes them on, until it is dropped.
pub(super) async fn run(
    listener: TcpListener,
    forward: SocketAddr,
    queue: mpsc::Sender<Part>,
    counts: Arc<Counts>,
) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    let connection = counts.connections.fetch_add(1, Ordering::Relaxed) + 1;
                    let copy = Copy {
                        connection,
                        queue: queue.clone(),
                        counts: Arc::clone(&counts),
                        lost: AtomicBool::new(false),
                    };
                    open.spawn(pass(client, forward, copy));
                }
                // No descriptors left: those that are open will end.
                Err(error) => {
                    warn!(%error, "a connection is not accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn pass(client: TcpStream, forward: SocketAddr, copy: Copy) {
    let server = match TcpStream::connect(forward).await {
        Ok(server) => server,
        Err(error) => {
            copy.counts.refused.fetch_add(1, Ordering::Relaxed);
            warn!(%error, %forward, "nobody to pass a connection on to");
            return; // the client's connection ends, as it would have there
        }
    };
    for side in [&client, &server] {
        // As the ends would have it: what they write together stays together.
        side.set_nodelay(true).ok();
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(
        carry(from_client, to_server, Way::Request, &copy),
        carry(from_server, to_client, Way::Response, &copy),
    );
}

/// One direction, until its end or until the other side takes no more.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: Way, copy: &Copy) {
    let mut buffer = vec![0; PART];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        copy.give(way, Some(&buffer[..read]));
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    copy.give(way, None);
    // The other side learns that no more comes; an error means that it knows.
    to.shutdown().await.ok();
}
