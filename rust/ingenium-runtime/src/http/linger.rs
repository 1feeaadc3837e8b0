//! A close that the peer survives.
//!
//! Closing a socket with unread bytes resets the connection, and the reset may overtake the answer or fail the
//! peer's write before it has looked for one. So what a refused peer still sends is read past, within limits.

use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How much is read past.
const MAX_BYTES: usize = 64 * 1024;

/// How long the peer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The time after the answer.
#[derive(Debug)]
pub(super) struct Linger {
    deadline: Pin<Box<Sleep>>,
    read: usize,
}

impl Linger {
    pub(super) fn new() -> Self {
        Self {
            deadline: Box::pin(sleep_until(Instant::now() + PATIENCE)),
            read: 0,
        }
    }

    /// Ready when the peer has closed, or has had its time or its bytes.
    pub(super) fn poll<S: AsyncRead + Unpin>(
        &mut self,
        socket: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        loop {
            let mut scratch = [MaybeUninit::uninit(); 4096];
            let mut scratch = ReadBuf::uninit(&mut scratch);
            match Pin::new(&mut *socket).poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(())) if !scratch.filled().is_empty() => {
                    self.read += scratch.filled().len();
                    if self.read > MAX_BYTES {
                        return Poll::Ready(());
                    }
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.deadline.as_mut().poll(cx),
            }
        }
    }
}
