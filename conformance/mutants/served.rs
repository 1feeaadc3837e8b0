//! A component that is served: one event at a time, its effects before its answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ingenium_contract::CloudEvent;
use ingenium_runtime::environment::{Environment, KnativeSettings};
use ingenium_runtime::http::client::Client;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_types::Payload;
use serde_json::json;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use super::Error;
use super::draft::Draft;
use super::fault::Fault;
use super::intake::{self, Intake};
use super::outlet::Outlet;

/// What a role does with an event.
pub(super) trait Behaviour: Send + 'static {
    /// The effects of an event.
    fn handle(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft>;

    /// The key that the payload itself has, such as an OrderId.
    fn natural_key(&self, _: Fault, _: &Payload) -> Option<String> {
        None
    }

    /// The effects of an event whose key stands for another payload.
    fn conflict(&mut self, _: Fault, _: &CloudEvent, _: &Payload) -> Vec<Draft> {
        Vec::new()
    }
}

/// Receives and does nothing.
pub(super) struct Nothing;

impl Behaviour for Nothing {
    fn handle(&mut self, _: Fault, _: &CloudEvent, _: &Payload) -> Vec<Draft> {
        Vec::new()
    }
}

/// How long one that does not stop serving goes on after TERM.
const SERVES_ON: Duration = Duration::from_millis(1600);

/// How long after its answer one that posts later does.
const LATER_BY: Duration = Duration::from_millis(15);

/// How much may wait in a queue.
const QUEUE: usize = 1024;

/// How long the slowest mutant takes to start: more than the limit that it is judged with.
const SLOW_START: Duration = Duration::from_millis(1500);

struct Core<B> {
    behaviour: B,
    seen: HashMap<(String, String), ()>,
    keys: HashMap<String, String>,
    words: HashMap<String, ()>,
    held: HashMap<String, Draft>,
    last: Option<Draft>,
}

struct Component<B> {
    fault: Fault,
    outlet: Option<Outlet>,
    /// Where one that posts after its answers puts what it has to say.
    queue: Option<mpsc::Sender<Draft>>,
    core: Mutex<Core<B>>,
    emitted: AtomicUsize,
    busy: AtomicUsize,
    telemetry: Option<String>,
}

/// Serves until it is told to stop.
pub(super) async fn serve<B: Behaviour>(
    fault: Fault,
    settings: KnativeSettings,
    environment: &Environment,
    behaviour: B,
) -> Result<(), Error> {
    if fault.is("M-SLOW-START") {
        tokio::time::sleep(SLOW_START).await;
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", settings.port))
        .await
        .map_err(Error::new)?;
    let shutdown = Shutdown::on_signal(false).map_err(Error::new)?;
    let stop = if fault.is("M-IGNORES-TERM") {
        Shutdown::manual()
    } else {
        shutdown
    };
    let stop = if fault.is("M-SERVES-ON") {
        delayed(&stop)
    } else {
        stop
    };
    let (queue, posted) = queue(fault, &settings);
    let component = Arc::new(Component {
        fault,
        outlet: Outlet::new(fault, &settings),
        queue,
        core: Mutex::new(Core {
            behaviour,
            seen: HashMap::new(),
            keys: HashMap::new(),
            words: HashMap::new(),
            held: HashMap::new(),
            last: None,
        }),
        emitted: AtomicUsize::new(0),
        busy: AtomicUsize::new(0),
        telemetry: environment
            .get_nonempty("OTEL_EXPORTER_OTLP_ENDPOINT")
            .map(ToOwned::to_owned),
    });
    if fault.is("M-EAGER") {
        component.emit_for("EAGER").await;
    }
    let handler = move |request: Request| {
        let component = Arc::clone(&component);
        // A task of its own: a peer that goes away must not take the event along.
        let work = tokio::spawn(async move { component.answer(request).await });
        async move { work.await.unwrap_or_else(|_| Response::empty(500)) }
    };
    server::serve(listener, handler, Limits::default(), stop).await;
    if let Some(posted) = posted
        && !fault.is("M-LOSES-AT-TERM")
    {
        // The handler is gone, and with it the last that could add to the queue.
        posted.await.map_err(Error::new)?;
    }
    Ok(())
}

/// A request to stop that comes late.
fn delayed(stop: &Shutdown) -> Shutdown {
    let (asked, late) = (stop.clone(), Shutdown::manual());
    let request = late.clone();
    drop(tokio::spawn(async move {
        asked.requested().await;
        tokio::time::sleep(SERVES_ON).await;
        request.request();
    }));
    late
}

/// The queue of one that posts after its answers, and what empties it.
fn queue(
    fault: Fault,
    settings: &KnativeSettings,
) -> (Option<mpsc::Sender<Draft>>, Option<JoinHandle<()>>) {
    if !fault.posts_later() {
        return (None, None);
    }
    let Some(outlet) = Outlet::new(fault, settings) else {
        return (None, None);
    };
    let (sender, mut drafts) = mpsc::channel::<Draft>(QUEUE);
    let posted = tokio::spawn(async move {
        while let Some(draft) = drafts.recv().await {
            tokio::time::sleep(LATER_BY).await;
            outlet.send(&draft).await;
        }
    });
    (Some(sender), Some(posted))
}

impl<B: Behaviour> Component<B> {
    async fn answer(&self, request: Request) -> Response {
        match request.method.as_str() {
            "POST" => {}
            _ if self.fault.is("M-ANY-METHOD") => return Response::empty(200),
            "OPTIONS" => return Response::empty(200).header("allow", "POST, OPTIONS"),
            _ => return Response::empty(405).header("allow", "POST, OPTIONS"),
        }
        let (event, payload) = match intake::read(&request, self.fault) {
            Intake::Event(event, payload) => (event, payload),
            Intake::Ignored => return self.accepted(None),
            Intake::Refused(status) => {
                if self.fault.is("M-ACTS-ON-REFUSED") {
                    self.act_again().await;
                }
                return Response::empty(status);
            }
        };
        if self.fault.is("M-NULL") {
            return Response::empty(202);
        }
        self.log(&event);
        self.trace().await;
        self.handle(&event, &payload).await
    }

    async fn handle(&self, event: &CloudEvent, payload: &Payload) -> Response {
        let crowded = self.busy.fetch_add(1, Ordering::SeqCst) > 0;
        let answer = if crowded && self.fault.is("M-RACES") {
            // Somebody else holds the state: this one is dropped on the floor.
            Response::empty(202)
        } else {
            self.handle_alone(event, payload).await
        };
        self.busy.fetch_sub(1, Ordering::SeqCst);
        answer
    }

    async fn handle_alone(&self, event: &CloudEvent, payload: &Payload) -> Response {
        let mut core = self.core.lock().await;
        let mut drafts = core.effects(self.fault, event, payload);
        for draft in &mut drafts {
            let nth = self.emitted.fetch_add(1, Ordering::SeqCst);
            draft.spoil(self.fault, nth, Some(event));
        }
        if self.fault.is("M-REORDERS") {
            drafts = core.reorder(drafts);
        }
        let identity = (event.source.clone(), event.id.clone());
        if self.fault.is("M-EVENT-WITH-202") && !drafts.is_empty() {
            core.seen.insert(identity, ());
            return self.reply(&drafts[0]);
        }
        for draft in &drafts {
            match (&self.queue, &self.outlet) {
                // It is only refused when the process ends.
                (Some(queue), _) => drop(queue.send(draft.clone()).await),
                (None, Some(outlet)) => drop(outlet.send(draft).await),
                (None, None) => {}
            }
        }
        core.seen.insert(identity, ());
        core.last = drafts.pop().or(core.last.take());
        drop(core);
        self.accepted(None)
    }

    fn accepted(&self, body: Option<&str>) -> Response {
        if self.fault.is("M-TALKATIVE") {
            return Response::with_body(200, "text/plain", body.unwrap_or("ok").to_owned());
        }
        Response::empty(202)
    }

    fn reply(&self, draft: &Draft) -> Response {
        let (headers, body) = draft.message(self.fault);
        let mut response = Response::empty(202);
        response.body = body.into();
        for (name, value) in headers {
            response = response.header(&name, &value);
        }
        response
    }

    /// What it has said last, as a new event.
    async fn act_again(&self) {
        let Some(mut draft) = self.core.lock().await.last.clone() else {
            return;
        };
        let nth = self.emitted.fetch_add(1, Ordering::SeqCst).to_string();
        let id = ingenium_types::id::EventId::of(&["again", draft.text("id"), &nth]);
        let id = serde_json::Value::String(id.to_string());
        draft.attributes.insert("id".to_owned(), id);
        if let Some(outlet) = &self.outlet {
            outlet.send(&draft).await;
        }
    }

    /// A signal out of nowhere.
    async fn emit_for(&self, symbol: &str) {
        let nth = self.emitted.fetch_add(1, Ordering::SeqCst).to_string();
        let id = ingenium_types::id::EventId::of(&[symbol, &nth]);
        let draft = Draft::new(
            ingenium_types::EventType::StrategySignal,
            "/ingenium/strategy/mutant",
            id,
            "2020-01-01T00:00:00Z",
            symbol,
            None,
            json!({"Symbol": symbol, "Signal": "LONG"}),
        );
        if let Some(outlet) = &self.outlet {
            outlet.send(&draft).await;
        }
    }

    fn log(&self, event: &CloudEvent) {
        use std::io::Write as _;
        let line = if self.fault.is("M-LOGS-PROSE") {
            "got an event".to_owned()
        } else {
            json!({"level": "info", "event_id": event.id, "message": "event"}).to_string()
        };
        // Nobody reads the log of a mutant but the check about logs.
        drop(writeln!(std::io::stderr().lock(), "{line}"));
    }

    /// Posts a span, as raw as it gets: what the receiver looks for is there as text.
    async fn trace(&self) {
        let attributes = match self.fault.name {
            "M-SPANS-WITHOUT-ID" => "service.name",
            // One mutant that exports is enough; the others are judged without telemetry.
            _ => return,
        };
        if let Some(endpoint) = &self.telemetry {
            let uri = format!("{endpoint}/v1/traces");
            let sent = Client::new()
                .send(
                    "POST",
                    &uri,
                    &[],
                    attributes.as_bytes().to_vec(),
                    Duration::from_secs(5),
                )
                .await;
            drop(sent);
        }
    }
}

impl<B: Behaviour> Core<B> {
    fn effects(&mut self, fault: Fault, event: &CloudEvent, payload: &Payload) -> Vec<Draft> {
        let identity = (event.source.clone(), event.id.clone());
        let forgets = matches!(fault.name, "M-COUNTS-TWICE" | "M-BOOKS-TWICE");
        if self.seen.contains_key(&identity) && !forgets {
            if matches!(fault.name, "M-DUPLICATE-ACTS" | "M-DUPLICATE-ACTS-LATER") {
                return self.behaviour.handle(fault, event, payload);
            }
            return Vec::new();
        }
        let words = String::from_utf8_lossy(&payload.encode()).into_owned();
        if fault.is("M-DEDUPES-PAYLOAD") && self.words.insert(words.clone(), ()).is_some() {
            return Vec::new();
        }
        if let Some(key) = self.behaviour.natural_key(fault, payload) {
            match self.keys.get(&key) {
                Some(known) if *known == words => return Vec::new(),
                Some(_) => return self.behaviour.conflict(fault, event, payload),
                None => {
                    self.keys.insert(key, words);
                }
            }
        }
        self.behaviour.handle(fault, event, payload)
    }

    /// Holds each effect but the first of a symbol back until the next one has gone.
    fn reorder(&mut self, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut out = Vec::new();
        for draft in drafts {
            if self
                .words
                .insert(draft.text("subject").to_owned(), ())
                .is_none()
            {
                out.push(draft);
                continue;
            }
            let symbol = draft.text("subject").to_owned();
            match self.held.remove(&symbol) {
                Some(held) => out.extend([draft, held]),
                None => {
                    self.held.insert(symbol, draft);
                }
            }
        }
        out
    }
}
