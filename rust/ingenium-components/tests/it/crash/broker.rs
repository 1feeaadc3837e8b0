//! What stands in for the broker: a log behind `K_SINK` that can leave an event without an answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use ingenium_contract::{envelope, finding::is_valid, validate};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::fingerprint::Line;
use ingenium_types::step::{InputKey, Offset};
use ingenium_types::{EventType, Payload, View};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// An event as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) source: String,
    pub(crate) id: String,
    pub(crate) payload: Payload,
    /// What it says, as the fingerprint of a run takes it.
    pub(crate) line: Line,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    key: Option<InputKey>,
}

impl Message {
    fn read(request: &Request) -> Self {
        let verdict = validate(&request.header_slices(), &request.body, View::Strict);
        assert!(is_valid(&verdict.findings), "{:?}", verdict.findings);
        let (event, payload) = verdict.event.zip(verdict.payload).expect("a known event");
        let (headers, body) = envelope::to_binary(&event);
        let line = Line::new(
            &event.type_,
            event.subject.as_deref(),
            event.instant(),
            event.json_data().map(AsRef::as_ref),
        );
        let key = match &payload {
            Payload::IngestorData(_) => {
                let data: serde_json::Value = serde_json::from_slice(&body).expect("it is JSON");
                let text = |pointer| data.pointer(pointer).and_then(|value| value.as_str());
                let time = event.instant().expect("a bar has a time");
                let [symbol, data_type, period] = ["/Symbol", "/Type", "/Data/Period"]
                    .map(|pointer| text(pointer).unwrap_or_default());
                Some(InputKey::new(time, symbol, data_type, period))
            }
            _ => None,
        };
        Self {
            source: event.source,
            id: event.id,
            payload,
            line: line.expect("it is JSON"),
            headers,
            body,
            key,
        }
    }

    pub(crate) fn event_type(&self) -> EventType {
        self.payload.event_type()
    }

    /// What decides the place of an input event; `None` for what a component emits in the run.
    pub(crate) fn input_key(&self) -> Option<InputKey> {
        self.key.clone()
    }
}

#[derive(Default)]
struct Log {
    messages: Vec<Message>,
    places: HashMap<(String, String), usize>,
    /// How many events are still taken before one is left without an answer.
    hold_after: Option<usize>,
    /// How often an event came that was there already.
    repeats: usize,
}

impl Log {
    /// Stores an event, once.
    fn store(&mut self, message: Message) {
        let key = (message.source.clone(), message.id.clone());
        if let Some(&place) = self.places.get(&key) {
            // I-ENV-3: a resend is the same event, to the byte.
            let known = &self.messages[place];
            assert_eq!(
                (&known.headers, &known.body),
                (&message.headers, &message.body)
            );
            self.repeats += 1;
            return;
        }
        self.places.insert(key, self.messages.len());
        self.messages.push(message);
    }
}

/// A log behind a port. An event's offset is its place in the log.
pub(crate) struct Broker {
    pub(crate) url: String,
    log: Arc<Mutex<Log>>,
    held: Arc<Notify>,
}

impl Broker {
    /// A broker that holds `input` already.
    pub(crate) async fn start(input: &[Message]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let mut log = Log::default();
        for message in input {
            log.store(message.clone());
        }
        let (log, held) = (Arc::new(Mutex::new(log)), Arc::new(Notify::new()));
        let (shared, signal) = (Arc::clone(&log), Arc::clone(&held));
        let handler = move |request: Request| {
            let (log, held) = (Arc::clone(&shared), Arc::clone(&signal));
            async move {
                if take(&log, &request) {
                    return Response::empty(202);
                }
                held.notify_one();
                std::future::pending().await
            }
        };
        let (limits, stop) = (Limits::default(), Shutdown::manual());
        tokio::spawn(server::serve(listener, handler, limits, stop));
        Self { url, log, held }
    }

    /// Takes so many events, then lets the sender of the next one wait.
    pub(crate) fn hold_after(&self, taken: usize) {
        self.lock().hold_after = Some(taken);
    }

    /// Resolves when a sender waits; whoever comes next is answered again.
    pub(crate) async fn holding(&self) {
        self.held.notified().await;
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().messages.len()
    }

    pub(crate) fn message(&self, offset: Offset) -> Message {
        self.lock().messages[usize::try_from(offset).expect("a place")].clone()
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.lock().messages.clone()
    }

    pub(crate) fn repeats(&self) -> usize {
        self.lock().repeats
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().expect("no event breaks the log")
    }
}

/// Stores the event of `request`, unless its sender is to wait.
fn take(log: &Mutex<Log>, request: &Request) -> bool {
    let message = Message::read(request);
    let mut log = log.lock().expect("no event breaks the log");
    match &mut log.hold_after {
        Some(0) => {
            log.hold_after = None;
            return false;
        }
        Some(left) => *left -= 1,
        None => {}
    }
    log.store(message);
    true
}
