//! A component on a port, and a sink that does as it is told.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium::Component;
use ingenium_contract::{CloudEvent, Time, envelope};
use ingenium_runtime::environment::{Environment, KnativeSettings};
use ingenium_runtime::http::client::{Answer, Client};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::{Disposition, Input, Outbox, Role, States};
use ingenium_types::event::{DataEvent, MarketData, OhlcData, SignalDirection, SignalEvent};
use ingenium_types::{EventType, Payload};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Emits two signals for each bar, very many on the symbol `MANY`, and panics on the symbol `PANIC`.
pub(crate) struct Twice;

impl Role for Twice {
    type State = u32;

    fn consumes(&self) -> &[EventType] {
        &[EventType::IngestorData]
    }

    fn handle(
        &self,
        states: &mut States<u32>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let symbol = input.payload.symbol().clone();
        *states.change(symbol.as_str()) += 1;
        assert_ne!(symbol.as_str(), "PANIC", "told to");
        let signals = if symbol.as_str() == "MANY" { 1100 } else { 2 };
        for n in 0..signals {
            let direction = if n % 2 == 0 {
                SignalDirection::Long
            } else {
                SignalDirection::Short
            };
            let id = outbox.id(&[
                &input.cause().source,
                &input.cause().id,
                symbol.as_str(),
                &n.to_string(),
            ]);
            outbox.emit(
                id,
                input.time,
                input.cause(),
                SignalEvent::new(symbol.clone(), direction),
            );
        }
        Disposition::Applied
    }
}

type Script = dyn Fn(usize) -> u16 + Send + Sync;

/// A sink that answers request number n with the status that `script` gives.
pub(crate) struct Sink {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<(u16, Request)>>>,
}

impl Sink {
    pub(crate) async fn start(script: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!(
            "http://{}/ingenium/broker",
            listener.local_addr().expect("an address")
        );
        let received: Arc<Mutex<Vec<(u16, Request)>>> = Arc::default();
        let (record, script): (_, Arc<Script>) = (Arc::clone(&received), Arc::new(script));
        let handler = move |request: Request| {
            let (record, script) = (Arc::clone(&record), Arc::clone(&script));
            async move {
                let mut record = record.lock().expect("lock");
                let status = script(record.len());
                record.push((status, request));
                Response::empty(status)
            }
        };
        tokio::spawn(server::serve(
            listener,
            handler,
            Limits::default(),
            Shutdown::manual(),
        ));
        Self { url, received }
    }

    /// The ids that were accepted, in order.
    pub(crate) fn accepted(&self) -> Vec<String> {
        let received = self.received.lock().expect("lock");
        let id = |request: &Request| {
            String::from_utf8_lossy(request.header("ce-id").unwrap_or_default()).into_owned()
        };
        received
            .iter()
            .filter(|(status, _)| *status < 300)
            .map(|(_, request)| id(request))
            .collect()
    }

    pub(crate) fn last(&self) -> Request {
        self.received
            .lock()
            .expect("lock")
            .last()
            .expect("a request")
            .1
            .clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.received.lock().expect("lock").len()
    }
}

/// A running component.
pub(crate) struct Running {
    url: String,
    client: Client,
    shutdown: Shutdown,
    task: JoinHandle<Result<(), ingenium::Error>>,
}

impl Running {
    pub(crate) async fn start(sink: &str, state: Option<&Path>) -> Self {
        Self::start_as("/ingenium/strategy/twice", sink, state).await
    }

    pub(crate) async fn start_as(source: &str, sink: &str, state: Option<&Path>) -> Self {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .expect("a port")
            .local_addr()
            .expect("address")
            .port();
        let environment =
            Environment::from([("PORT", port.to_string().as_str()), ("K_SINK", sink)]);
        let settings = KnativeSettings::read(&environment).expect("settings");
        let shutdown = Shutdown::manual();
        let mut component = Component::new(Twice, source);
        if let Some(path) = state {
            component = component.state(path);
        }
        let stop = shutdown.clone();
        let task = tokio::spawn(async move { component.run(&settings, stop).await });
        Self {
            url: format!("http://127.0.0.1:{port}/"),
            client: Client::new(),
            shutdown,
            task,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Option<u16> {
        let url = format!("{}{path}", self.url);
        let answer = self
            .client
            .send("GET", &url, &[], Vec::new(), Duration::from_secs(5))
            .await;
        answer.ok().map(|answer| answer.status)
    }

    /// Waits until the component is ready.
    pub(crate) async fn ready(self) -> Self {
        for _ in 0..1000 {
            if self.get("readyz").await == Some(200) {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the component is not ready");
    }

    pub(crate) async fn post(
        &self,
        headers: &[(String, String)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        let answer = self
            .client
            .send("POST", &self.url, headers, body, Duration::from_secs(40))
            .await;
        answer.expect("an answer")
    }

    pub(crate) async fn give(&self, event: &CloudEvent) -> u16 {
        let (headers, body) = envelope::to_binary(event);
        self.post(&headers, body).await.status
    }

    pub(crate) async fn stop(self) {
        self.end().await.expect("a clean end");
    }

    /// Asks for the end; requests that are open are answered first.
    pub(crate) fn request_stop(&self) {
        self.shutdown.request();
    }

    /// How the component ended.
    pub(crate) async fn end(self) -> Result<(), ingenium::Error> {
        self.shutdown.request();
        self.task.await.expect("no panic")
    }

    /// Ends as a killed process does: nothing is drained.
    pub(crate) async fn kill(self) {
        self.task.abort();
        drop(self.task.await);
        // Aborted tasks are dropped when the runtime gets to them, and their file lock with them.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
}

/// A bar as an event.
pub(crate) fn bar(id: &str, symbol: &str) -> CloudEvent {
    let price = || "10".parse().expect("a price");
    let ohlc = OhlcData::new(
        price(),
        price(),
        price(),
        price(),
        "1".parse().expect("a volume"),
    );
    let start = "2020-01-01T00:00:00Z".parse().expect("a time");
    let data = DataEvent::new(
        symbol.parse().expect("a symbol"),
        start,
        MarketData::Ohlc(ohlc),
    );
    let mut event = CloudEvent::json(
        id,
        "/test",
        "ingenium.ingestor.data",
        Payload::from(data).encode(),
    );
    event.time = Time::parse("2020-01-02T00:00:00Z");
    event.set_extension("ingeniumrun", "run-1");
    event.set_extension(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    event
}
