//! A role, served as a Knative component.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingenium_contract::{Finding, envelope, judge};
use ingenium_runtime::clock;
use ingenium_runtime::environment::KnativeSettings;
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::observer::Observer;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::{Disposition, Input, Outbox, Role, States};
use ingenium_types::canonical::canonical;
use ingenium_types::{Payload, View};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::emit::{Stamp, cause_of};
use crate::outbox::Queue;
use crate::receive::{self, Incoming};
use crate::sink::{Outcome, Sink};
use crate::store::{self, Receipt, Store};

/// How long a delivery waits for the sink before it is given back to the broker; Knative's own default is longer.
const PATIENCE: Duration = Duration::from_secs(25);

/// Why a component cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The component store cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The port cannot be listened on.
    #[error("port {port}: {source}; set PORT to a free one")]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// `K_SINK` is not set.
    #[error("K_SINK is not set; on Knative a SinkBinding sets it, by hand use the broker's URL")]
    NoSink,
}

/// A role that is ready to be served.
pub struct Component<R> {
    role: R,
    source: String,
    state: Option<PathBuf>,
    observer: Arc<dyn Observer>,
    listen: IpAddr,
}

impl<R> Component<R>
where
    R: Role + Send + Sync + 'static,
    R::State: Send,
{
    /// A component whose events have this CloudEvents `source` (`/ingenium/<role>/<name>`).
    #[must_use]
    pub fn new(role: R, source: impl Into<String>) -> Self {
        let observer = Arc::new(ingenium_runtime::observer::LogObserver);
        Self {
            role,
            source: source.into(),
            state: None,
            observer,
            listen: Ipv4Addr::UNSPECIFIED.into(),
        }
    }

    /// Keeps state in this file. Without it state lives in memory and is lost with the process.
    #[must_use]
    pub fn state(mut self, path: impl AsRef<Path>) -> Self {
        self.state = Some(path.as_ref().to_owned());
        self
    }

    /// Listens on this address only; all addresses, as a pod must, unless told otherwise.
    #[must_use]
    pub const fn listen(mut self, address: IpAddr) -> Self {
        self.listen = address;
        self
    }

    /// Reports what happens to events to `observer`.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Serves until `shutdown`, then drains.
    ///
    /// # Errors
    /// When the component cannot start.
    pub async fn run(self, settings: &KnativeSettings, shutdown: Shutdown) -> Result<(), Error> {
        let sink = settings.sink.as_ref().ok_or(Error::NoSink)?;
        let sink =
            Sink::new(sink.to_string(), settings.sink_timeout).observer(Arc::clone(&self.observer));
        if self.state.is_none() {
            warn!("state is kept in memory only and is lost when the process ends");
        }
        let store = Store::open(self.state.as_deref())?;
        let states = store.states::<R::State>()?;
        let queue = Queue::new(store.pending()?);
        let port = settings.port;
        let listener = TcpListener::bind((self.listen, port))
            .await
            .map_err(|source| Error::Listen { port, source })?;
        let served = Arc::new(Served {
            stamp: Stamp {
                source: self.source,
                overrides: settings.ce_overrides.clone(),
            },
            role: self.role,
            core: Mutex::new(Core { store, states }),
            queue,
            ready: AtomicBool::new(false),
            observer: self.observer,
        });
        info!(source = served.stamp.source, port, "component listens");
        // A set of one: dropped with this future, it takes the sender along.
        let mut sender = JoinSet::new();
        sender.spawn(Arc::clone(&served).send_all(sink, shutdown.clone()));
        let handler = Arc::clone(&served);
        let handle = move |request| {
            let handler = Arc::clone(&handler);
            async move { handler.answer(request).await }
        };
        server::serve(listener, handle, Limits::default(), shutdown).await;
        while sender.join_next().await.is_some() {}
        info!("component stopped");
        Ok(())
    }
}

/// State and its store: one handler call at a time.
struct Core<S> {
    store: Store,
    states: States<S>,
}

struct Served<R: Role> {
    role: R,
    stamp: Stamp,
    core: Mutex<Core<R::State>>,
    queue: Queue,
    ready: AtomicBool,
    observer: Arc<dyn Observer>,
}

impl<R> Served<R>
where
    R: Role + Send + Sync + 'static,
    R::State: Send,
{
    async fn answer(&self, request: Request) -> Response {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/healthz") => Response::empty(200),
            ("GET", "/readyz") if self.ready.load(Ordering::Acquire) => Response::empty(200),
            ("GET", "/readyz") => Response::problem(
                503,
                "not_ready",
                "unsent events of an earlier process are flushed first",
                &[],
            ),
            ("POST", _) => self.deliver(&request).await,
            ("OPTIONS", _) => Response::empty(200).header("allow", "POST, OPTIONS"),
            (method, _) => {
                let detail = format!("{method} is not served here: POST an event");
                Response::problem(405, "method_not_allowed", &detail, &[])
                    .header("allow", "POST, OPTIONS")
            }
        }
    }

    async fn deliver(&self, request: &Request) -> Response {
        if !self.ready.load(Ordering::Acquire) {
            return retry_later(
                "not_ready",
                "unsent events of an earlier process are flushed first",
            );
        }
        let Incoming {
            event,
            payload,
            traceparent,
            findings,
        } = match receive::read(request) {
            Ok(incoming) => incoming,
            Err(answer) => {
                warn!(status = answer.status, "event refused");
                return answer;
            }
        };
        let Some(payload) =
            payload.filter(|payload| self.role.consumes().contains(&payload.event_type()))
        else {
            return Response::empty(202); // not for this role: acknowledged, no effect
        };
        self.observer.received(&event);
        self.observer.judged(&event, &findings);
        let cause = cause_of(&event, traceparent.as_deref());
        let time = event.instant().unwrap_or_else(clock::now);
        let input = Input {
            payload: &payload,
            time,
            cause: &cause,
        };
        let last = {
            let mut core = self.core.lock().await;
            match self.handle(&mut core, &input) {
                Ok(last) => last,
                Err(answer) => return *answer,
            }
        };
        // The lock is free: the next event is handled while this one's effects travel.
        match last {
            Some(seq) if !self.queue.wait(seq, PATIENCE).await => retry_later(
                "sink_unavailable",
                "the effect is stored, the sink does not take it yet",
            ),
            _ => Response::empty(202),
        }
    }

    /// Handles one event in one transaction and returns the last outbox row that its answer has to wait for.
    fn handle(
        &self,
        core: &mut Core<R::State>,
        input: &Input<'_>,
    ) -> Result<Option<i64>, Box<Response>> {
        let (source, id) = (input.cause.source.as_str(), input.cause.id.as_str());
        let unavailable = |error: store::Error| {
            error!(error = %error, "component store failed");
            Box::new(retry_later(
                "store_unavailable",
                "the component store does not take the event",
            ))
        };
        if core.store.has_seen(source, id).map_err(unavailable)? {
            return Ok(self.queue.last_of(source, id));
        }
        let natural_key = self.role.natural_key(input);
        let content = natural_key.as_ref().map(|_| content_of(input.payload));
        let known = match &natural_key {
            Some(key) => core.store.content_of(key).map_err(unavailable)?,
            None => None,
        };
        let mut outbox = Outbox::new(self.stamp.source.clone());
        let called = std::panic::catch_unwind(AssertUnwindSafe(|| match (&known, &content) {
            (Some(known), Some(content)) if known == content => {
                Disposition::Ignored("natural_key_known")
            }
            (Some(_), _) => self.role.conflict(&mut core.states, input, &mut outbox),
            (None, _) => self.role.handle(&mut core.states, input, &mut outbox),
        }));
        let Ok(disposition) = called else {
            core.states.rollback();
            error!(
                event_id = id,
                event_source = source,
                "handler panicked, state is unchanged"
            );
            return Err(Box::new(Response::problem(
                500,
                "handler_panicked",
                "the handler failed on this event",
                &[],
            )));
        };
        if let Disposition::Ignored(reason) = disposition {
            info!(
                event_id = id,
                event_source = source,
                reason,
                "event left without effect"
            );
        }
        let mut outputs = Vec::new();
        for emission in outbox.into_emissions() {
            let event = self.stamp.event(&emission, clock::now());
            let (_, findings) = judge(&event, View::Strict);
            if !ingenium_contract::finding::is_valid(&findings) {
                core.states.rollback();
                return Err(Box::new(self.invalid_emission(&event.type_, &findings)));
            }
            let (headers, body) = envelope::to_binary(&event);
            outputs.push((headers, body.to_vec()));
        }
        self.observer.handled(source, id, outputs.len());
        let natural_key = natural_key.as_deref().zip(content.as_deref());
        let receipt = Receipt {
            source,
            id,
            natural_key,
            outputs,
        };
        match core
            .store
            .commit(&core.states, receipt, self.queue.settled())
        {
            Ok(rows) => {
                core.states.commit();
                let last = rows.last().map(|row| row.seq);
                self.queue.push(rows);
                Ok(last)
            }
            Err(error) => {
                core.states.rollback();
                Err(unavailable(error))
            }
        }
    }

    fn invalid_emission(&self, event_type: &str, findings: &[Finding]) -> Response {
        let first = findings
            .first()
            .map_or_else(String::new, |finding| finding.message.clone());
        error!(
            event_type,
            finding = first,
            "handler emitted an invalid event, state is unchanged"
        );
        Response::problem(500, "invalid_emission", &first, &[])
    }

    /// Sends outbox rows one after another for as long as the component lives.
    async fn send_all(self: Arc<Self>, sink: Sink, shutdown: Shutdown) {
        loop {
            if self.queue.is_empty() {
                self.ready.store(true, Ordering::Release);
            }
            let row = tokio::select! {
                biased;
                row = self.queue.front() => row,
                () = shutdown.drained() => return,
            };
            match sink
                .deliver(&row.headers, row.body.clone(), &shutdown)
                .await
            {
                Outcome::Accepted => {}
                Outcome::Refused(status, answer) => {
                    error!(
                        status,
                        answer,
                        outbox_row = row.seq,
                        "sink refused an event for good, it is kept in the store"
                    );
                    let core = self.core.lock().await;
                    if let Err(error) = core.store.refuse(row.seq, &format!("{status} {answer}")) {
                        error!(error = %error, "component store failed");
                    }
                }
                Outcome::Stopped => return,
            }
            self.queue.settle(row.seq);
        }
    }
}

fn retry_later(code: &str, detail: &str) -> Response {
    Response::problem(503, code, detail, &[]).header("retry-after", "1")
}

/// What is compared when a natural key comes again: the payload in RFC 8785 form.
fn content_of(payload: &Payload) -> String {
    let bytes = payload.encode();
    let canonical = canonical(&bytes).unwrap_or(bytes);
    String::from_utf8_lossy(&canonical).into_owned()
}
