//! What can be asked of a tap while it runs: `GET /healthz`, `GET /findings` (server-sent events), `POST /stop`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use ingenium_conformance::passive::Finding;
use ingenium_conformance::tap::Tap;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;

type Body = BoxBody<Bytes, Infallible>;

/// How long a head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// How long open answers may take when it ends.
const DRAIN: Duration = Duration::from_secs(2);

/// What the answers are made of.
pub(super) struct Control {
    pub(super) tap: Arc<Tap>,
    /// Somebody asked for the end.
    pub(super) stop: watch::Sender<bool>,
    /// The report, when there is one.
    pub(super) report: watch::Receiver<Option<Bytes>>,
}

/// Serves until the report is there and those who wait have it.
pub(super) async fn serve(listener: TcpListener, control: Arc<Control>) {
    let mut open = JoinSet::new();
    let mut report = control.report.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((socket, _)) = accepted {
                let control = Arc::clone(&control);
                open.spawn(async move {
                    let service = service_fn(|request| answer(request, Arc::clone(&control)));
                    let served = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_WITHIN)
                        .keep_alive(false)
                        .serve_connection(TokioIo::new(socket), service);
                    // A peer that goes away is none of our business.
                    served.await.ok();
                });
            },
            Some(_) = open.join_next() => {}
            _ = report.wait_for(Option::is_some) => break,
        }
    }
    let drained = async { while open.join_next().await.is_some() {} };
    // Listeners to findings never end by themselves.
    tokio::time::timeout(DRAIN, drained).await.ok();
}

async fn answer(
    request: Request<Incoming>,
    control: Arc<Control>,
) -> Result<Response<Body>, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/healthz") => {
            let passed = serde_json::to_vec(&control.tap.passed()).unwrap_or_default();
            whole(StatusCode::OK, "application/json", passed.into())
        }
        (&Method::GET, "/findings") => findings(&control),
        (&Method::POST, "/stop") => {
            control.stop.send_replace(true);
            let mut report = control.report.clone();
            let there = report.wait_for(Option::is_some).await;
            let text = there.ok().and_then(|report| report.clone());
            match text {
                Some(text) => whole(StatusCode::OK, "application/json", text),
                None => whole(StatusCode::SERVICE_UNAVAILABLE, "text/plain", Bytes::new()),
            }
        }
        (_, "/healthz" | "/findings") => not_allowed("GET"),
        (_, "/stop") => not_allowed("POST"),
        _ => {
            let text = "there are GET /healthz, GET /findings and POST /stop\n";
            whole(StatusCode::NOT_FOUND, "text/plain", text.into())
        }
    })
}

/// Findings as they come, one server-sent event each.
fn findings(control: &Control) -> Response<Body> {
    let state = (control.tap.findings(), control.report.clone());
    let events = stream::unfold(state, |(mut findings, mut report)| async move {
        let event = tokio::select! {
            finding = next(&mut findings) => finding?,
            _ = report.wait_for(Option::is_some) => return None,
        };
        Some((Ok(Frame::data(event)), (findings, report)))
    });
    let body = StreamBody::new(events).boxed();
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let event_stream = hyper::header::HeaderValue::from_static("text/event-stream");
    headers.insert(hyper::header::CONTENT_TYPE, event_stream);
    response
}

async fn next(findings: &mut broadcast::Receiver<Finding>) -> Option<Bytes> {
    match findings.recv().await {
        Ok(finding) => {
            let text = serde_json::to_string(&finding).unwrap_or_default();
            Some(format!("event: finding\ndata: {text}\n\n").into())
        }
        // Whoever is too slow is told so; the report has everything.
        Err(broadcast::error::RecvError::Lagged(missed)) => {
            Some(format!("event: missed\ndata: {missed}\n\n").into())
        }
        Err(broadcast::error::RecvError::Closed) => None,
    }
}

fn not_allowed(allowed: &'static str) -> Response<Body> {
    let mut response = whole(StatusCode::METHOD_NOT_ALLOWED, "text/plain", Bytes::new());
    let value = hyper::header::HeaderValue::from_static(allowed);
    response.headers_mut().insert(hyper::header::ALLOW, value);
    response
}

fn whole(status: StatusCode, media_type: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Full::new(body).boxed());
    *response.status_mut() = status;
    let value = hyper::header::HeaderValue::from_static(media_type);
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, value);
    response
}

/// Where the control listens.
pub(super) async fn listen(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
