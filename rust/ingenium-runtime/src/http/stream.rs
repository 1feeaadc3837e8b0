//! The body of an answer that has no end that is known.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use hyper::body::{Body, Frame};

use super::ledger::Ledger;

/// Pieces until the handler has no more. As long as it is there, the connection is busy: its peer may be silent.
pub(super) struct StreamBody {
    pieces: Pin<Box<dyn Stream<Item = Bytes> + Send>>,
    ledger: Ledger,
}

impl StreamBody {
    pub(super) fn new(pieces: Pin<Box<dyn Stream<Item = Bytes> + Send>>, ledger: Ledger) -> Self {
        ledger.begin_stream();
        Self { pieces, ledger }
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.pieces.as_mut().poll_next(cx);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        self.ledger.answered();
    }
}
