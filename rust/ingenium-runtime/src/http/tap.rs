//! The tap between socket and HTTP library: frames each request first, keeps its raw head, refuses what is doubtful.
//!
//! A refused head is replaced by a substitute that the server answers with the refusal, so that answers to pipelined
//! requests keep their order. Nothing behind it is passed on.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::framing::{Framer, Part, Refused};

/// What the library reads in place of a refused head. The entry in [`Heads`] tells it apart, not its bytes.
const SUBSTITUTE: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\n\r\n";

/// How much of what follows a refused head is read and dropped, so that closing does not reset the answer away.
const DRAIN: usize = 64 * 1024;

/// The heads of a connection in order: raw bytes, or why there is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads(Arc<Mutex<VecDeque<Result<Bytes, Refused>>>>);

impl Heads {
    /// The head of the request that is answered next.
    pub(super) fn take(&self) -> Option<Result<Bytes, Refused>> {
        self.lock().pop_front()
    }

    fn push(&self, head: Result<Bytes, Refused>) {
        self.lock().push_back(head);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Result<Bytes, Refused>>> {
        self.0
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

/// A connection whose requests are framed before they are read.
#[derive(Debug)]
pub(super) struct Tap {
    stream: TcpStream,
    framer: Framer,
    heads: Heads,
    ready: VecDeque<Bytes>,
    /// Nothing more is passed on: after a refusal the answer closes the connection, after a broken body the end of
    /// the input makes the library notice.
    over: Option<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Refused,
    Broken,
}

impl Tap {
    pub(super) fn new(stream: TcpStream, max_body: u64) -> (Self, Heads) {
        let heads = Heads::default();
        let framer = Framer::new(max_body);
        let tap = Self {
            stream,
            framer,
            heads: heads.clone(),
            ready: VecDeque::new(),
            over: None,
        };
        (tap, heads)
    }

    fn take_in(&mut self, input: &[u8]) {
        for part in self.framer.feed(input) {
            match part {
                Part::Head(head) => {
                    self.heads.push(Ok(head.clone()));
                    self.ready.push_back(head);
                }
                Part::Body(bytes) => self.ready.push_back(bytes),
                Part::Refused(refusal) => {
                    self.heads.push(Err(refusal));
                    self.ready.push_back(Bytes::from_static(SUBSTITUTE));
                    self.over = Some(Over::Refused);
                    self.drop_rest();
                }
                Part::BrokenBody => {
                    // No chunked body continues like this, whatever part it is in.
                    self.ready.push_back(Bytes::from_static(b"\0"));
                    self.over = Some(Over::Broken);
                    self.drop_rest();
                }
            }
        }
    }

    fn drop_rest(&self) {
        let mut scratch = vec![0; DRAIN];
        // What is there is read and dropped; an error here has nobody left to hear it.
        drop(self.stream.try_read(&mut scratch));
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(front) = self.ready.front_mut() {
                let length = front.len().min(out.remaining());
                out.put_slice(&front[..length]);
                front.advance(length);
                if front.is_empty() {
                    self.ready.pop_front();
                }
                return Poll::Ready(Ok(()));
            }
            match self.over {
                Some(Over::Broken) => return Poll::Ready(Ok(())),
                // The answer with `connection: close` ends the connection: there is nothing to wake up for.
                Some(Over::Refused) => return Poll::Pending,
                None => {}
            }
            let mut space = [0; 8192];
            let mut input = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut input))?;
            if input.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            let filled = input.filled().to_vec();
            self.take_in(&filled);
        }
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
