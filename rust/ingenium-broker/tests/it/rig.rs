//! A broker, subscribers that record, and a sender.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ingenium_broker::{Broker, Config, Handle, Mode, Trigger};
use ingenium_runtime::http::client::{Answer, Client};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const NAMESPACE: &str = "ns";
pub(crate) const BROKER: &str = "b";

/// A broker on a free port whose file is in `folder`.
pub(crate) async fn broker(folder: &Path, mode: Mode) -> Handle {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config::new(folder.join("broker.db"), listen, NAMESPACE, BROKER, mode);
    Broker::open(config).await.expect("the broker opens")
}

pub(crate) fn trigger(name: &str, subscriber: &Subscriber) -> Trigger {
    Trigger::new(NAMESPACE, name, BROKER, subscriber.url())
}

/// What a subscriber got: the event's id, and everything else.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    pub(crate) id: String,
    pub(crate) request: Request,
}

/// A subscriber that records what it gets and answers as it is told.
pub(crate) struct Subscriber {
    address: SocketAddr,
    delivered: Arc<Mutex<Vec<Delivered>>>,
    count: watch::Receiver<usize>,
    stop: Shutdown,
    server: JoinHandle<()>,
}

impl Subscriber {
    /// Takes everything.
    pub(crate) async fn start() -> Self {
        Self::answering(|_, _| Response::empty(202)).await
    }

    /// Answers with what `script` says about the delivery and the number of earlier ones of the same event.
    pub(crate) async fn answering(
        script: impl Fn(&Delivered, usize) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::acting(move |delivered, before| {
            let response = script(&delivered, before);
            async move { response }
        })
        .await
    }

    /// As [`answering`](Self::answering), but may take its time.
    pub(crate) async fn acting<F>(
        script: impl Fn(Delivered, usize) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback");
        let address = listener.local_addr().expect("bound");
        let delivered = Arc::new(Mutex::new(Vec::<Delivered>::new()));
        let (counter, count) = watch::channel(0);
        let (record, script) = (Arc::clone(&delivered), Arc::new(script));
        let handler = move |request: Request| {
            let id = request
                .header("ce-id")
                .map(|id| String::from_utf8_lossy(id).into_owned());
            let one = Delivered {
                id: id.unwrap_or_default(),
                request,
            };
            let before = {
                let mut all = record.lock().expect("not poisoned");
                let before = all.iter().filter(|other| other.id == one.id).count();
                all.push(one.clone());
                counter.send_replace(all.len());
                before
            };
            script(one, before)
        };
        let stop = Shutdown::manual();
        let server = tokio::spawn(server::serve(
            listener,
            handler,
            Limits::default(),
            stop.clone(),
        ));
        Self {
            address,
            delivered,
            count,
            stop,
            server,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        self.delivered.lock().expect("not poisoned").clone()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.delivered()
            .into_iter()
            .map(|delivered| delivered.id)
            .collect()
    }

    /// Waits for this many deliveries.
    pub(crate) async fn wait(&self, deliveries: usize) {
        let mut count = self.count.clone();
        let waited = timeout(PATIENCE, count.wait_for(|count| *count >= deliveries)).await;
        assert!(waited.is_ok(), "only {:?} came", self.ids());
    }

    pub(crate) async fn stop(self) {
        self.stop.request();
        self.server.await.expect("no panic");
    }
}

/// Sends events to a broker.
#[derive(Clone)]
pub(crate) struct Sender {
    client: Client,
    broker: SocketAddr,
}

impl Sender {
    pub(crate) fn to(broker: &Handle) -> Self {
        Self::to_address(broker.address())
    }

    pub(crate) fn to_address(broker: SocketAddr) -> Self {
        Self {
            client: Client::new(),
            broker,
        }
    }

    /// A request to a path of the broker.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let uri = format!("http://{}{path}", self.broker);
        self.client
            .send(method, &uri, &headers, body.to_owned(), PATIENCE)
            .await
            .expect("an answer")
    }

    /// Says whose behaviour the broker is to have; the status.
    pub(crate) async fn class(&self, class: &str) -> u16 {
        let object = serde_json::json!({
            "apiVersion": "eventing.knative.dev/v1",
            "kind": "Broker",
            "metadata": { "name": BROKER, "annotations": { "eventing.knative.dev/broker.class": class } },
            "spec": {},
        });
        let path = format!("/apis/eventing.knative.dev/v1/namespaces/{NAMESPACE}/brokers/{BROKER}");
        self.request("PUT", &path, &[], &object.to_string())
            .await
            .status
    }

    /// An event in binary mode; `extra` headers win over the usual ones.
    pub(crate) async fn event(&self, id: &str, extra: &[(&str, &str)], data: &str) -> Answer {
        let mut headers = vec![
            ("ce-specversion", "1.0"),
            ("ce-id", id),
            ("ce-source", "/test"),
            ("ce-type", "test.event"),
            ("content-type", "application/json"),
        ];
        for &(name, value) in extra {
            headers.retain(|(other, _)| *other != name);
            headers.push((name, value));
        }
        self.request("POST", &format!("/{NAMESPACE}/{BROKER}"), &headers, data)
            .await
    }

    /// An event that is accepted.
    pub(crate) async fn accepted(&self, id: &str, extra: &[(&str, &str)], data: &str) {
        let answer = self.event(id, extra, data).await;
        assert_eq!(
            answer.status,
            202,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let holding = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, holding).await.is_ok(), "{what}");
}
