//! One connection, which moves as long as somebody waits for its answer.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper::{Request, Response};

use super::quick_ack::Stream;

/// What moves a connection's bytes; `None` when the connection has ended.
type Exchange = Option<Pin<Box<Connection<Stream, Full<Bytes>>>>>;

/// A connection without a task of its own: who sends a request moves it, so that an exchange wakes nobody else.
#[derive(Debug)]
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    exchange: Exchange,
}

/// Why there is no head of an answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nothing of the request was sent: the connection had ended while it lay idle.
    Unsent(Box<Request<Full<Bytes>>>),
    /// The exchange has failed.
    Failed(hyper::Error),
}

impl Line {
    /// A connection over a stream that is open.
    pub(super) async fn new(stream: Stream, title_case: bool) -> hyper::Result<Self> {
        let (sender, exchange) = Builder::new()
            .title_case_headers(title_case)
            .handshake(stream)
            .await?;
        Ok(Self {
            sender,
            exchange: Some(Box::pin(exchange)),
        })
    }

    /// Sends a request, and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let Self { sender, exchange } = self;
        if moving(exchange, sender.ready()).await.is_err() {
            return Err(Unanswered::Unsent(Box::new(request)));
        }
        let sent = moving(exchange, sender.try_send_request(request)).await;
        sent.map_err(|mut error| match error.take_message() {
            Some(request) => Unanswered::Unsent(Box::new(request)),
            None => Unanswered::Failed(error.into_error()),
        })
    }

    /// Moves the connection until something of it is there, such as the body of an answer.
    pub(super) async fn moving<F: Future>(&mut self, part: F) -> F::Output {
        moving(&mut self.exchange, part).await
    }

    /// Whether another request may be sent, as far as that is known.
    pub(super) fn is_open(&self) -> bool {
        self.exchange.is_some() && !self.sender.is_closed()
    }
}

async fn moving<F: Future>(exchange: &mut Exchange, part: F) -> F::Output {
    let mut part = pin!(part);
    poll_fn(|context| {
        // The part first: it may have something to send. And once more, as what it waits for may have come.
        if let Poll::Ready(output) = part.as_mut().poll(context) {
            return Poll::Ready(output);
        }
        if let Some(open) = exchange {
            // The part hears of a failure, and says more of it.
            if open.as_mut().poll(context).is_ready() {
                *exchange = None;
            }
            return part.as_mut().poll(context);
        }
        Poll::Pending
    })
    .await
}
