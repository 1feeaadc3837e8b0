//! A broker in memory with the faults of brokers: Knative's objects in, events to subscribers out.

mod delivery;
mod event;
mod faults;
mod filter;
mod objects;
mod store;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;

use self::event::Event;
pub(super) use self::faults::BROKERS;
use self::store::{Class, Store};
use super::Error;
use super::fault::Fault;

/// The most that Kafka's broker takes, headers and all.
const RECORD: usize = 1_048_576;

/// Serves until it is told to stop.
pub(super) async fn run(
    fault: Fault,
    port: u16,
    state: PathBuf,
    token: Option<String>,
) -> Result<(), Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(Error::new)?;
    let store = Arc::new(Store::open(fault, port, state, token));
    // What was taken before a crash is delivered again: at least once.
    for event in store.events() {
        delivery::dispatch(&store, &event);
    }
    let shutdown = Shutdown::on_signal(false).map_err(Error::new)?;
    let handler = move |request: Request| {
        let store = Arc::clone(&store);
        async move { answer(&store, request).await }
    };
    let limits = Limits {
        max_body: 4 * 1024 * 1024,
        drain: Duration::from_millis(100),
        ..Limits::default()
    };
    server::serve(listener, handler, limits, shutdown).await;
    Ok(())
}

async fn answer(store: &Arc<Store>, request: Request) -> Response {
    let path = request.path.clone();
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    if let ["apis", _, _, "namespaces", _, kind, name] = words[..] {
        return objects::answer(store, &request, kind, name);
    }
    let known = path.trim_matches('/') == store.address() || store.fault.is("M-ANY-ADDRESS");
    if !known {
        let is_short = words.len() != 2;
        let status = if is_short && store.class() == Class::Mt {
            400
        } else {
            404
        };
        return Response::empty(status);
    }
    match request.method.as_str() {
        "POST" => receive(store, &request).await,
        "OPTIONS" if store.class() == Class::Mt => {
            let response = Response::empty(200);
            if store.fault.is("M-NO-ALLOW") {
                return response;
            }
            response.header("allow", "POST, OPTIONS")
        }
        "GET" if store.fault.is("M-GETS") => Response::empty(200),
        _ => Response::empty(405).header("allow", "POST"),
    }
}

async fn receive(store: &Arc<Store>, request: &Request) -> Response {
    let fault = store.fault;
    if let Some(token) = &store.token
        && !fault.is("M-OPEN")
    {
        let shown = request.header("authorization").unwrap_or_default();
        if shown != format!("Bearer {token}").as_bytes() {
            return Response::empty(401);
        }
    }
    let Some(mut event) = Event::read(&request.headers, &request.body, fault) else {
        let lenient = fault.is("M-TAKES-GARBAGE");
        return Response::empty(if lenient { 202 } else { 400 });
    };
    if !event.is_complete(fault) {
        return Response::empty(400);
    }
    if store.class() == Class::Kafka && event.size() > RECORD && !fault.is("M-NO-LIMIT") {
        return Response::empty(503);
    }
    if let Some(trace) = request.header("traceparent")
        && !fault.is("M-NO-TRACE")
    {
        event.trace = Some(String::from_utf8_lossy(trace).into_owned());
    }
    if fault.is("M-DEDUPES") && store.has(&event) {
        return Response::empty(202);
    }
    store.keep(&mut event);
    let deliveries = delivery::dispatch(store, &event);
    if (store.class() == Class::Mt) != fault.is("M-WAITS-OTHERWISE") {
        for delivery in deliveries {
            // A delivery that panics is a test that fails elsewhere.
            drop(delivery.await);
        }
    }
    Response::empty(202)
}
