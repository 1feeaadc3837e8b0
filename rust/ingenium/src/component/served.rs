//! A component at work: events in, one transaction each, effects out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingenium_contract::{Finding, envelope, judge};
use ingenium_runtime::clock;
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::observer::Observer;
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::{Disposition, Input, Outbox, Role, States};
use ingenium_types::View;
use tokio::sync::Mutex;
use tracing::{error, info, warn};

use super::identity::{content_of, said};
use crate::emit::{Stamp, cause_of};
use crate::outbox::Queue;
use crate::receive::{self, Incoming};
use crate::sink::{Outcome, Sink};
use crate::store::{self, Receipt, Store};

/// How long a delivery waits for the sink before it is given back to the broker; Knative's own default is longer.
const PATIENCE: Duration = Duration::from_secs(25);

/// Rows that may wait for the sink before new events are put off: a sink that is down must not fill the memory.
const MOST_WAITING: usize = 1024;

/// State and its store: one handler call at a time.
pub(super) struct Core<S> {
    pub(super) store: Store,
    pub(super) states: States<S>,
}

/// A component at work.
pub(super) struct Served<R: Role> {
    pub(super) role: R,
    pub(super) stamp: Stamp,
    pub(super) core: Mutex<Core<R::State>>,
    pub(super) queue: Queue,
    pub(super) ready: AtomicBool,
    pub(super) observer: Arc<dyn Observer>,
}

impl<R> Served<R>
where
    R: Role + Send + Sync + 'static,
    R::State: Send,
{
    pub(super) async fn answer(&self, request: Request) -> Response {
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
            origin: &cause,
        };
        let said = said(&event);
        let last = {
            let mut core = self.core.lock().await;
            match self.handle(&mut core, &input, &said) {
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
        said: &str,
    ) -> Result<Option<i64>, Box<Response>> {
        let (source, id) = (input.cause().source.as_str(), input.cause().id.as_str());
        let unavailable = |error: store::Error| {
            error!(error = %error, "component store failed");
            Box::new(retry_later(
                "store_unavailable",
                "the component store does not take the event",
            ))
        };
        // A call that unwound outside the handler may have left changes that no event stands for.
        core.states.rollback();
        match core.store.said_before(source, id).map_err(unavailable)? {
            Some(known) if known == said => return Ok(self.queue.last_of(source, id)),
            Some(_) => return Err(Box::new(id_reused(source, id))),
            None => {}
        }
        if self.queue.len() >= MOST_WAITING {
            let answer = Response::problem(429, "outbox_full", "the sink takes no events", &[]);
            return Err(Box::new(answer.header("retry-after", "1")));
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
        let natural_key = natural_key.as_deref().zip(content.as_deref());
        let receipt = Receipt {
            source,
            id,
            said,
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
                let effects = rows.len();
                self.queue.push(rows);
                self.observer.handled(source, id, effects);
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
    pub(super) async fn send_all(self: Arc<Self>, sink: Sink, shutdown: Shutdown) {
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
                .deliver_until(&row.headers, row.body.clone(), shutdown.drained())
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
                    let reason = format!("{status} {answer}");
                    // Unmarked, the row would be struck out as if the sink had taken it.
                    tokio::select! {
                        biased;
                        () = self.keep_refused(row.seq, &reason) => {}
                        () = shutdown.drained() => return,
                    }
                }
                Outcome::Stopped => return,
            }
            self.queue.settle(row.seq);
        }
    }

    /// Marks a refused row, however often that takes.
    async fn keep_refused(&self, seq: i64, reason: &str) {
        while let Err(error) = self.core.lock().await.store.refuse(seq, reason) {
            error!(error = %error, outbox_row = seq, "component store failed");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Strikes out what was sent: after a clean end nothing is sent again.
    pub(super) async fn strike_out(&self) {
        let core = self.core.lock().await;
        if let Err(error) = core.store.strike_out(self.queue.settled()) {
            warn!(error = %error, "component store failed, the last events are sent again on the next start");
        }
    }
}

fn retry_later(code: &str, detail: &str) -> Response {
    Response::problem(503, code, detail, &[]).header("retry-after", "1")
}

fn id_reused(source: &str, id: &str) -> Response {
    warn!(
        event_id = id,
        event_source = source,
        "event refused: its id stands for another event"
    );
    let detail =
        "this source has used this id for another event; an id stands for one event for ever";
    Response::problem(422, "id_reused", detail, &[])
}
