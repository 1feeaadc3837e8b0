//! A strict HTTP/1.1 server: bounded in bytes, connections and time.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::framing::{MAX_HEADERS, Refusal};
use super::ledger::Ledger;
use super::message::{Reply, Request, Response};
use super::stream::StreamBody;
use super::tap::Tap;
use crate::shutdown::Shutdown;

/// What one peer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a connection may be idle, and how long a head may take.
    pub head_timeout: Duration,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// How long a peer may leave its answer unread.
    pub write_timeout: Duration,
    /// How long a peer may take nothing of an answer that is a stream.
    pub stream_timeout: Duration,
    /// The largest body, in bytes.
    pub max_body: u64,
    /// The most connections; more wait in the listener's queue.
    pub max_connections: usize,
    /// How long open requests may take after the shutdown was asked for.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(10),
            stream_timeout: Duration::from_secs(30),
            max_body: 1024 * 1024,
            max_connections: 10_000,
            drain: Duration::from_secs(8),
        }
    }
}

/// Serves requests until `shutdown` is asked for, then answers those that are open and marks it drained.
///
/// The handler's future is dropped when its peer goes away: what must not be lost belongs into a task.
pub async fn serve<H, F, R>(listener: TcpListener, handler: H, limits: Limits, shutdown: Shutdown)
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = R> + Send + 'static,
    R: Into<Reply> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased; // a stopping server takes no more work
            () = shutdown.requested() => break,
            Some(ended) = connections.join_next() => {
                report(ended);
                continue;
            }
            accepted = accept(&listener, &slots) => accepted,
        };
        match accepted {
            Ok((socket, slot)) => {
                let (handler, shutdown) = (handler.clone(), shutdown.clone());
                connections.spawn(async move {
                    connection(socket, handler, limits, shutdown).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: closing connections cures it, trying at once does not.
                warn!(error = %error, "connection not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let drained = async {
        while let Some(ended) = connections.join_next().await {
            report(ended);
        }
    };
    if timeout(limits.drain, drained).await.is_err() {
        warn!(
            open = connections.len(),
            "connections closed without an answer, drain took too long"
        );
        connections.shutdown().await;
    }
    shutdown.mark_drained();
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (socket, _) = listener.accept().await?;
    socket.set_nodelay(true)?;
    Ok((socket, slot))
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("a request handler panicked, its connection is closed");
    }
}

async fn connection<H, F, R>(socket: TcpStream, handler: H, limits: Limits, shutdown: Shutdown)
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = R> + Send + 'static,
    R: Into<Reply> + Send + 'static,
{
    let ledger = Ledger::default();
    let mut tap = Tap::new(socket, ledger.clone(), limits);
    let begun = tokio::select! {
        biased; // requests that are there are answered before the connection is asked to end
        begun = tap.begun() => begun,
        () = shutdown.requested() => return,
    };
    match begun {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return debug!(error = %error, "connection ended early"),
    }
    let service = service_fn(move |request| {
        let (handler, ledger) = (handler.clone(), ledger.clone());
        async move {
            let response = answer(request, handler, &ledger, limits.body_timeout).await;
            // A stream is answered when it has ended.
            if !ledger.is_streaming() {
                ledger.answered();
            }
            response
        }
    });
    let mut builder = http1::Builder::new();
    builder
        .max_headers(MAX_HEADERS)
        // The tap has deadlines of its own, which answer with 408 where there is somebody to answer.
        .header_read_timeout(None)
        .half_close(false);
    let mut serving = std::pin::pin!(builder.serve_connection(TokioIo::new(tap), service));
    let ended = tokio::select! {
        biased; // requests that are there are answered before the connection is asked to end
        ended = serving.as_mut() => ended,
        () = shutdown.requested() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        debug!(error = %error, "connection ended early");
    }
}

/// The body of an answer.
type Body = Either<Full<Bytes>, StreamBody>;

/// Why a request has no answer: its connection is closed.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// There is nobody to answer.
    #[error("the request body broke off")]
    BrokenOff(#[source] hyper::Error),
    /// The handler wants none.
    #[error("the handler hung up")]
    HungUp,
}

async fn answer<H, F, R>(
    request: hyper::Request<Incoming>,
    handler: H,
    ledger: &Ledger,
    body_timeout: Duration,
) -> Result<hyper::Response<Body>, Unanswered>
where
    H: Fn(Request) -> F,
    F: Future<Output = R>,
    R: Into<Reply>,
{
    let raw_head = match ledger.next_head() {
        Some(Ok(head)) => head,
        Some(Err(refusal)) => return Ok(refuse(&refusal)),
        None => {
            // Every request of the library's comes from a head of the tap's; anything else is smuggled.
            let refusal = Refusal::new(400, "request_line", "the request has no head of its own");
            return Ok(refuse(&refusal));
        }
    };
    let (parts, body) = request.into_parts();
    let body = match timeout(body_timeout, whole(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => {
            return match ledger.body_refusal() {
                Some(refusal) => Ok(refuse(&refusal)),
                None => Err(Unanswered::BrokenOff(error)),
            };
        }
        Err(_) => {
            let refusal =
                Refusal::new(408, "body_timeout", "the request body did not come in time");
            return Ok(refuse(&refusal));
        }
    };
    let headers = parts.headers.iter();
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body,
        raw_head,
    };
    match handler(request).await.into() {
        Reply::Answer(response) => Ok(to_hyper(response)),
        Reply::Stream(streaming) => {
            let body = Either::Right(StreamBody::new(streaming.body, ledger.clone()));
            Ok(head(streaming.status, streaming.headers, body))
        }
        Reply::HangUp => Err(Unanswered::HungUp),
    }
}

/// Reads a body into one buffer. The frames are parts of the connection's buffers and keep them whole: a hundred senders
/// of half a megabyte would take three times as much as they send.
async fn whole(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let announced = body.size_hint().exact().unwrap_or_default();
    // The tap has refused what announces more than is allowed; what is reserved costs nothing before it is written.
    let mut whole = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.into())
}

fn refuse(refusal: &Refusal) -> hyper::Response<Body> {
    debug!(
        status = refusal.status,
        code = refusal.code,
        "request refused"
    );
    let problem = Response::problem(refusal.status, refusal.code, &refusal.detail, &[]);
    let mut response = to_hyper(problem);
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn to_hyper(response: Response) -> hyper::Response<Body> {
    let body = Either::Left(Full::new(response.body));
    head(response.status, response.headers, body)
}

fn head(status: u16, headers: Vec<(String, String)>, body: Body) -> hyper::Response<Body> {
    let mut built = hyper::Response::new(body);
    match hyper::StatusCode::from_u16(status) {
        Ok(status) => *built.status_mut() = status,
        Err(_) => *built.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR,
    }
    for (name, value) in headers {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                built.headers_mut().append(name, value);
            }
            // A handler that puts a peer's bytes into a header must not break the answer.
            _ => warn!("response header left out, it is not legal"),
        }
    }
    built
}
