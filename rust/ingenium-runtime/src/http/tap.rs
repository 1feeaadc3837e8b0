//! What stands between the socket and the HTTP library: it frames every request itself, refuses what could be read
//! in two ways, and keeps the head's bytes.
//!
//! A refused head is replaced by a harmless one, and no further byte is let through. The library then asks the
//! service for an answer as for any other request, and the service finds the refusal at the head of the queue: so
//! the answers of pipelined requests stay in order, and the library never sees the bytes that were refused.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::chunked::Scanner;
use super::framing::{self, Framing, Refusal};
use super::ledger::Ledger;
use super::linger::Linger;
use super::server::Limits;

/// What the library is given in place of a head that was refused.
const SUBSTITUTE: &[u8] = b"GET /refused HTTP/1.1\r\nhost: refused\r\n\r\n";

const SCRATCH: usize = 8 * 1024;

/// Where the tap is in the stream of requests.
#[derive(Debug)]
enum State {
    /// In a head, of which so many bytes were looked at.
    Head(usize),
    Length(u64),
    Chunked(Scanner),
    /// A head was refused: nothing is let through any more.
    Refused,
    /// A body was refused: the library is told that it breaks off.
    Broken,
}

/// A socket whose requests are framed and judged before anybody else reads them.
#[derive(Debug)]
pub(super) struct Tap<S> {
    socket: S,
    ledger: Ledger,
    limits: Limits,
    state: State,
    /// Read from the socket, not yet judged.
    inbox: BytesMut,
    /// Judged, not yet read by the library.
    outbox: BytesMut,
    /// When the peer must have sent its head.
    head_deadline: Pin<Box<Sleep>>,
    /// When the peer must have taken something of its answer.
    write_deadline: Option<Pin<Box<Sleep>>>,
    lingering: Option<Linger>,
}

impl<S> Tap<S> {
    pub(super) fn new(socket: S, ledger: Ledger, limits: Limits) -> Self {
        Self {
            socket,
            ledger,
            limits,
            state: State::Head(0),
            inbox: BytesMut::new(),
            outbox: BytesMut::new(),
            head_deadline: Box::pin(sleep_until(Instant::now() + limits.head_timeout)),
            write_deadline: None,
            lingering: None,
        }
    }

    /// Moves judged bytes from the inbox to the outbox.
    fn judge(&mut self) {
        while !self.inbox.is_empty() {
            let inbox = self.inbox.len();
            let run = match &mut self.state {
                &mut State::Head(seen) => {
                    if self.judge_head(seen) {
                        continue;
                    }
                    return;
                }
                State::Length(left) => {
                    let run = usize::try_from(*left).unwrap_or(usize::MAX).min(inbox);
                    *left -= run as u64;
                    if *left == 0 {
                        self.state = State::Head(0);
                    }
                    run
                }
                State::Chunked(scanner) => match scanner.scan(&self.inbox) {
                    Ok((run, ended)) => {
                        if ended {
                            self.state = State::Head(0);
                        }
                        run
                    }
                    Err(refusal) => {
                        self.ledger.refuse_body(refusal);
                        self.state = State::Broken;
                        return;
                    }
                },
                State::Refused | State::Broken => {
                    self.inbox.clear();
                    return;
                }
            };
            let bytes = self.inbox.split_to(run);
            self.outbox.extend_from_slice(&bytes);
        }
    }

    /// Judges the head at the start of the inbox; false when it is not complete.
    fn judge_head(&mut self, seen: usize) -> bool {
        // RFC 9112, section 2.2: an empty line before a request is ignored.
        if seen == 0 && self.inbox.starts_with(b"\r\n") {
            self.inbox.advance(2);
            return true;
        }
        let end = match framing::find_end(&self.inbox, seen) {
            Ok(Some(end)) => end,
            Ok(None) => {
                self.state = State::Head(self.inbox.len());
                return false;
            }
            Err(refusal) => {
                self.refuse_head(refusal);
                return false;
            }
        };
        let head = self.inbox.split_to(end).freeze();
        let max_body = self.limits.max_body;
        match framing::judge(&head, max_body) {
            Ok(framing) => {
                self.outbox.extend_from_slice(&head);
                self.ledger.push(Ok(head));
                self.state = match framing {
                    Framing::Length(0) => State::Head(0),
                    Framing::Length(length) => State::Length(length),
                    Framing::Chunked => State::Chunked(Scanner::new(max_body)),
                };
                true
            }
            Err(refusal) => {
                self.refuse_head(refusal);
                false
            }
        }
    }

    fn refuse_head(&mut self, refusal: Refusal) {
        self.ledger.push(Err(refusal));
        self.state = State::Refused;
        self.inbox.clear();
        self.outbox.extend_from_slice(SUBSTITUTE);
    }

    fn await_head(&mut self) {
        let deadline = Instant::now() + self.limits.head_timeout;
        self.head_deadline.as_mut().reset(deadline);
    }
}

impl<S: AsyncRead + Unpin> Tap<S> {
    /// Resolves when there is a request to answer; false when there will be none. Until then the library, which has
    /// buffers of its own, has no part in the connection.
    pub(super) async fn begun(&mut self) -> io::Result<bool> {
        poll_fn(|cx| self.poll_judged(cx)).await
    }

    /// Reads until something is judged; false at the end of what the library may see.
    fn poll_judged(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if !self.outbox.is_empty() {
                return Poll::Ready(Ok(true));
            }
            match self.state {
                // The library is told nothing more; it closes the connection after the answer.
                State::Refused => return Poll::Pending,
                State::Broken => return Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
                State::Head(_) | State::Length(_) | State::Chunked(_) => {}
            }
            let mut scratch = [MaybeUninit::uninit(); SCRATCH];
            let mut scratch = ReadBuf::uninit(&mut scratch);
            match Pin::new(&mut self.socket).poll_read(cx, &mut scratch) {
                Poll::Ready(result) => result?,
                Poll::Pending => {
                    // Only heads have their deadline here: the body's is the service's.
                    if !matches!(self.state, State::Head(_)) {
                        return Poll::Pending;
                    }
                    ready!(self.head_deadline.as_mut().poll(cx));
                    if self.ledger.is_busy() {
                        // The peer waits for its answer and may be silent; the timer goes on, or nobody would look
                        // after it when the answer is out.
                        self.await_head();
                    } else if self.inbox.is_empty() {
                        return Poll::Ready(Ok(false)); // idle
                    } else {
                        self.refuse_head(Refusal::new(
                            408,
                            "head_timeout",
                            "the request head did not come in time",
                        ));
                    }
                    continue;
                }
            }
            if scratch.filled().is_empty() {
                return Poll::Ready(Ok(false));
            }
            // A head's time runs from its first byte, an idle connection's from the last request.
            if self.inbox.is_empty() {
                self.await_head();
            }
            self.inbox.extend_from_slice(scratch.filled());
            self.judge();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        if ready!(tap.poll_judged(cx))? {
            let run = buffer.remaining().min(tap.outbox.len());
            buffer.put_slice(&tap.outbox.split_to(run));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Tap<S> {
    /// A write that is not taken at once must be taken within the write timeout.
    fn write_within<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(result) = write(Pin::new(&mut self.socket), cx) {
            self.write_deadline = None;
            // The idle time before the next request starts when the answer is out.
            self.await_head();
            return Poll::Ready(result);
        }
        let timeout = if self.ledger.is_streaming() {
            self.limits.stream_timeout
        } else {
            self.limits.write_timeout
        };
        let deadline = self
            .write_deadline
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + timeout)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_within(cx, |socket, cx| socket.poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        if tap.lingering.is_none() {
            ready!(Pin::new(&mut tap.socket).poll_shutdown(cx))?;
            let unread = !matches!(tap.state, State::Head(0));
            if !unread {
                return Poll::Ready(Ok(()));
            }
        }
        let lingering = tap.lingering.get_or_insert_with(Linger::new);
        lingering.poll(&mut tap.socket, cx).map(Ok)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_within(cx, |socket, cx| socket.poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
