//! Connections that acknowledge what they receive at once.
//!
//! A server that writes head and body apart, and leaves Nagle's algorithm on, as Python's `http.server` does, sends
//! the body when the head is acknowledged. Linux delays that by 40 ms on a connection that is used again, so one
//! delivery after another would wait for a timer each.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// Connects as [`HttpConnector`] does.
#[derive(Debug, Clone)]
pub(super) struct Connector(pub(super) HttpConnector);

/// A connection that is about to receive an answer whenever it has written.
#[derive(Debug)]
pub(super) struct Stream(TokioIo<TcpStream>);

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = <HttpConnector as Service<Uri>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { Ok(Stream(connecting.await?)) })
    }
}

impl Stream {
    fn inner(self: Pin<&mut Self>) -> Pin<&mut TokioIo<TcpStream>> {
        Pin::new(&mut self.get_mut().0)
    }

    /// The kernel leaves the mode by itself, so it is asked for again and again. Where it does not have it, answers
    /// may be slow, and nothing else.
    #[cfg(target_os = "linux")]
    fn acknowledge_at_once(&self) {
        drop(self.0.inner().set_quickack(true));
    }

    #[cfg(not(target_os = "linux"))]
    fn acknowledge_at_once(&self) {}
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(self.as_mut().inner().poll_write(context, bytes));
        self.acknowledge_at_once();
        Poll::Ready(written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(self.as_mut().inner().poll_write_vectored(context, slices));
        self.acknowledge_at_once();
        Poll::Ready(written)
    }
}
