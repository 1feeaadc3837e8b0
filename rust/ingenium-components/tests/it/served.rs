//! The executor as a component, over HTTP: one order, one life, whatever is sent again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium::Component;
use ingenium_components::executor;
use ingenium_contract::{CloudEvent, Time, envelope};
use ingenium_runtime::environment::{Environment, KnativeSettings};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::event::{ExecutionEvent, OrderEvent, OrderSide, OrderType};
use ingenium_types::id::EventId;
use ingenium_types::{EventType, Payload, View};
use tokio::net::TcpListener;

const SOURCE: &str = "/ingenium/executor/paper";
const PORTFOLIO: &str = "/ingenium/portfolio/main";

/// A running executor and what it has emitted: id and execution.
struct Served {
    url: String,
    client: Client,
    emitted: Arc<Mutex<Vec<(String, ExecutionEvent)>>>,
    shutdown: Shutdown,
}

impl Served {
    async fn start() -> Self {
        let emitted: Arc<Mutex<Vec<(String, ExecutionEvent)>>> = Arc::default();
        let record = Arc::clone(&emitted);
        let sink = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let sink_url = format!("http://{}/", sink.local_addr().expect("an address"));
        let handler = move |request: Request| {
            let record = Arc::clone(&record);
            async move {
                let id = String::from_utf8_lossy(request.header("ce-id").unwrap_or_default());
                let payload =
                    Payload::decode(EventType::ExecutorExecution, &request.body, View::Strict);
                let Ok(Payload::ExecutorExecution(execution)) = payload else {
                    return Response::empty(400);
                };
                record
                    .lock()
                    .expect("lock")
                    .push((id.into_owned(), execution));
                Response::empty(202)
            }
        };
        let shutdown = Shutdown::manual();
        let limits = Limits::default();
        tokio::spawn(server::serve(sink, handler, limits, Shutdown::manual()));
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let environment = Environment::from([
            ("PORT", port.to_string().as_str()),
            ("K_SINK", sink_url.as_str()),
        ]);
        let settings = KnativeSettings::read(&environment).expect("settings");
        let component = Component::new(
            executor::Config::default().role().expect("defaults hold"),
            SOURCE,
        );
        let stop = shutdown.clone();
        tokio::spawn(async move { component.run(&settings, stop).await });
        let served = Self {
            url: format!("http://127.0.0.1:{port}/"),
            client: Client::new(),
            emitted,
            shutdown,
        };
        for _ in 0..1000 {
            let url = format!("{}readyz", served.url);
            let patience = Duration::from_secs(5);
            let answer = served.client.send("GET", &url, &[], Vec::new(), patience);
            if answer.await.is_ok_and(|answer| answer.status == 200) {
                return served;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the executor is not ready");
    }

    /// Sends an order as the event `id`; gives back what the executor emits before it acknowledges.
    async fn give(&self, id: &str, order: &OrderEvent) -> Vec<(String, String)> {
        let before = self.emitted.lock().expect("lock").len();
        let payload = Payload::from(order.clone());
        let mut event = CloudEvent::json(
            id,
            PORTFOLIO,
            payload.event_type().as_str(),
            payload.encode(),
        );
        event.time = Time::parse("2020-01-02T00:00:00Z");
        let (headers, body) = envelope::to_binary(&event);
        let patience = Duration::from_secs(30);
        let answer = self
            .client
            .send("POST", &self.url, &headers, body, patience)
            .await;
        assert_eq!(answer.expect("an answer").status, 202);
        let emitted = self.emitted.lock().expect("lock");
        let line = |execution: &ExecutionEvent| {
            let reason = execution.reject_reason.as_ref().map(ToString::to_string);
            format!(
                "{} {} {}",
                execution.order_id,
                execution.status,
                reason.unwrap_or_default()
            )
        };
        emitted[before..]
            .iter()
            .map(|(id, execution)| (id.clone(), line(execution)))
            .collect()
    }
}

fn order(id: Option<&str>, quantity: &str) -> OrderEvent {
    let mut order = OrderEvent::new(
        OrderSide::Buy,
        quantity.parse().expect("a quantity"),
        "A".parse().expect("a symbol"),
        OrderType::Market,
    );
    order.order_id = id.map(|id| id.parse().expect("an id"));
    order
}

#[tokio::test]
async fn an_order_id_stands_for_one_order() {
    let served = Served::start().await;
    let accepted = |order_id: &str| {
        let id = EventId::of(&[SOURCE, order_id, "1"]).to_string();
        vec![(id, format!("{order_id} NEW "))]
    };
    let refused = |event: &str, order_id: &str| {
        let id = EventId::of(&[SOURCE, PORTFOLIO, event]).to_string();
        vec![(id, format!("{order_id} REJECTED DUPLICATE_ORDER"))]
    };
    assert_eq!(
        served.give("1", &order(Some("x"), "5")).await,
        accepted("x")
    );
    for _ in 0..3 {
        let again = served.give("1", &order(Some("x"), "5")).await;
        assert!(again.is_empty(), "the same event: {again:?}");
    }
    let copied = served.give("2", &order(Some("x"), "5")).await;
    assert!(copied.is_empty(), "the same order: {copied:?}");
    let other = order(Some("x"), "6");
    assert_eq!(served.give("3", &other).await, refused("3", "x"));
    assert!(served.give("3", &other).await.is_empty(), "answered once");
    assert_eq!(served.give("4", &other).await, refused("4", "x"));

    // Without an id of its own, an order has the one that follows from its event.
    let derived = EventId::of(&[PORTFOLIO, "5"]).hex();
    assert_eq!(
        served.give("5", &order(None, "5")).await,
        accepted(&derived)
    );
    let taken = order(Some(&derived), "5");
    assert_eq!(served.give("6", &taken).await, refused("6", &derived));
    served.shutdown.request();
}
