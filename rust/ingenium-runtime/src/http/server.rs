//! The server: bounded, with deadlines, draining when asked to stop.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::{debug, warn};

use super::tap::{Heads, Tap};
use super::{Request, Response};
use crate::shutdown::Shutdown;

/// What a peer may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections; more wait in the system's queue.
    pub connections: usize,
    /// The largest body in bytes.
    pub body: usize,
    /// How long a head may take, and a connection may be idle.
    pub head_timeout: Duration,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// How long open requests may take once the server is to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            body: 1024 * 1024,
            head_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(10),
            drain: Duration::from_secs(9),
        }
    }
}

/// Serves `handler` on `listener` until `shutdown`, then answers what is open and returns.
pub async fn serve<H, F>(listener: TcpListener, handler: H, limits: Limits, shutdown: Shutdown)
where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let handler = Arc::new(handler);
    let limits = Arc::new(limits);
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.requested() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &permits) => accepted,
        };
        let Some((stream, permit)) = accepted else {
            continue;
        };
        let connection = connection(
            stream,
            Arc::clone(&handler),
            Arc::clone(&limits),
            shutdown.clone(),
        );
        connections.spawn(async move {
            connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let drain = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.drain, drain).await.is_err() {
        warn!(
            open = connections.len(),
            "connections did not finish in time, closing them"
        );
        connections.shutdown().await;
    }
    shutdown.set_drained();
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            // Out of file descriptors, mostly: it passes when connections close.
            warn!(%error, "cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn connection<H, F>(
    stream: TcpStream,
    handler: Arc<H>,
    limits: Arc<Limits>,
    shutdown: Shutdown,
) where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "cannot turn off delayed sending");
    }
    let (tap, heads) = Tap::new(stream, limits.body as u64);
    let serving = Arc::clone(&limits);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (handler, limits, heads) = (Arc::clone(&handler), Arc::clone(&serving), heads.clone());
        async move { Ok::<_, Infallible>(answer(request, &heads, &*handler, &limits).await) }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_headers(300)
        .half_close(true)
        .serve_connection(TokioIo::new(tap), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        biased;
        ended = serving.as_mut() => ended,
        () = shutdown.requested() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "connection ended early");
    }
}

async fn answer<H, F>(
    request: hyper::Request<Incoming>,
    heads: &Heads,
    handler: &H,
    limits: &Limits,
) -> hyper::Response<Full<Bytes>>
where
    H: Fn(Request) -> F,
    F: Future<Output = Response>,
{
    let raw_head = match heads.take() {
        Some(Ok(head)) => head,
        Some(Err(refusal)) => {
            return closing(&Response::problem(
                refusal.status,
                refusal.code,
                refusal.detail,
                &[],
            ));
        }
        None => {
            return closing(&Response::problem(
                400,
                "request_line",
                "the request was not framed",
                &[],
            ));
        }
    };
    let (parts, body) = request.into_parts();
    let body = match tokio::time::timeout(
        limits.body_timeout,
        Limited::new(body, limits.body).collect(),
    )
    .await
    {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return closing(&Response::problem(
                413,
                "body_too_large",
                "the body is larger than 1 MiB",
                &[],
            ));
        }
        Ok(Err(_)) => {
            return closing(&Response::problem(
                400,
                "body",
                "the body is incomplete or malformed",
                &[],
            ));
        }
        Err(_) => {
            return closing(&Response::problem(
                408,
                "body_timeout",
                "the body took too long",
                &[],
            ));
        }
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers,
        body,
        raw_head,
    };
    into_hyper(&handler(request).await)
}

fn closing(response: &Response) -> hyper::Response<Full<Bytes>> {
    let mut response = into_hyper(response);
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn into_hyper(response: &Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Full::new(response.body.clone()))
        .unwrap_or_else(|error| {
            // A handler's header that HTTP does not allow: the peer must not wait for ever because of it.
            warn!(%error, "an answer could not be written");
            let mut fallback = hyper::Response::new(Full::new(Bytes::new()));
            *fallback.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
            fallback
        })
}
