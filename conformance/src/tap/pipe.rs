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
    pub(super) what: What,
}

/// What there is to say about one way of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Bytes(Bytes),
    /// No more comes.
    End,
    /// Something is missing: what was kept of the connection is of no use, and no more of it comes.
    Lost,
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
    fn give(&self, way: Way, what: What) {
        if self.is_lost() {
            return;
        }
        if self.queue.try_send(self.part(way, what)).is_err() {
            self.lost.store(true, Ordering::Relaxed);
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Says that no more comes. Of what was lost that is said, too, or the judge would keep half a conversation for ever;
    /// to wait delays nobody then, for the connection has ended.
    async fn end(&self, way: Way) {
        self.give(way, What::End);
        if self.is_lost() {
            // An error: the judge is gone.
            self.queue.send(self.part(way, What::Lost)).await.ok();
        }
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn part(&self, way: Way, what: What) -> Part {
        Part {
            connection: self.connection,
            way,
            what,
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
        if !copy.is_lost() {
            let bytes = Bytes::copy_from_slice(&buffer[..read]);
            copy.give(way, What::Bytes(bytes));
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    drop(buffer);
    // The other side learns that no more comes; an error means that it knows.
    to.shutdown().await.ok();
    copy.end(way).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However full the queue was: the judge learns which conversation it will never hear to its end.
    #[tokio::test]
    async fn what_was_lost_is_ended_all_the_same() {
        let (queue, mut parts) = mpsc::channel(1);
        let copy = Copy {
            connection: 7,
            queue,
            counts: Arc::default(),
            lost: AtomicBool::new(false),
        };
        let bytes = |text: &'static str| What::Bytes(Bytes::from_static(text.as_bytes()));
        copy.give(Way::Request, bytes("one"));
        copy.give(Way::Request, bytes("two"));
        copy.give(Way::Request, bytes("three"));
        assert_eq!(copy.counts.lost.load(Ordering::Relaxed), 1);
        let told = async {
            let mut told = Vec::new();
            while let Some(part) = parts.recv().await {
                let is_last = part.way == Way::Response;
                told.push((part.way, part.what));
                if is_last {
                    break;
                }
            }
            told
        };
        let ends = async {
            copy.end(Way::Request).await;
            copy.end(Way::Response).await;
        };
        let (told, ()) = tokio::join!(told, ends);
        let expected = [
            (Way::Request, bytes("one")),
            (Way::Request, What::Lost),
            (Way::Response, What::Lost),
        ];
        assert_eq!(told, expected);
    }
}
