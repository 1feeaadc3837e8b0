//! A component in any language as an actor of the driver: one delivery over HTTP, and all that it says before its
//! answer or in it.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use ingenium::wire;
use ingenium_contract::finding::is_valid;
use ingenium_contract::{CloudEvent, Finding, Verdict, envelope, validate};
use ingenium_runtime::backoff::{Backoff, is_retriable};
use ingenium_runtime::http::client::{Answer, Client};
use ingenium_runtime::http::server::{self, Limits};
use ingenium_runtime::http::{Request, Response};
use ingenium_runtime::shutdown::Shutdown;
use ingenium_trading::Origin as _;
use ingenium_trading::backtest::{self, Actor, Event};
use ingenium_types::{EventType, View};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::command::{free_port, runtime};
use crate::exit::{Code, Failure};

/// How long a component may take until it accepts connections.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long one answer may take: what a broker gives it.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How often a delivery is made before the run is given up.
const ATTEMPTS: u32 = 8;

/// How long a component may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What a component has posted to its sink, in order, judged.
type Inbox = Arc<Mutex<Vec<Result<Event, String>>>>;

/// A component in a process of its own.
pub(super) struct Foreign {
    role: String,
    consumes: &'static [EventType],
    runtime: Runtime,
    child: Child,
    client: Client,
    url: String,
    inbox: Inbox,
    /// What it has said: `source` and `id`.
    said: HashSet<(String, String)>,
    /// Counts what it said while no delivery was open.
    late: Arc<AtomicU64>,
}

impl Foreign {
    /// Starts `command` as a component of `role` and waits until it accepts connections.
    pub(super) fn start(
        role: &str,
        command: &[String],
        late: Arc<AtomicU64>,
    ) -> Result<Self, Failure> {
        let consumes: &[EventType] = match role {
            "strategy" => &[EventType::IngestorData],
            "portfolio" => &[
                EventType::IngestorData,
                EventType::StrategySignal,
                EventType::ExecutorExecution,
            ],
            "executor" => &[
                EventType::IngestorData,
                EventType::PortfolioOrder,
                EventType::PortfolioCancel,
            ],
            other => {
                let message = format!(
                    "there is no role `{other}` in a backtest: use strategy, portfolio or executor"
                );
                return Err(Failure::new(Code::Usage, message));
            }
        };
        // One thread: its sink answers while a delivery is awaited, which is when a component posts.
        let runtime = runtime()?;
        let inbox = Inbox::default();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .map_err(Failure::internal)?;
        let sink = format!(
            "http://{}/",
            listener.local_addr().map_err(Failure::internal)?
        );
        let filled = Arc::clone(&inbox);
        let handle = move |request: Request| {
            let filled = Arc::clone(&filled);
            async move { take(&request, &filled) }
        };
        runtime.spawn(server::serve(
            listener,
            handle,
            Limits::default(),
            Shutdown::manual(),
        ));
        let port = free_port()?;
        let program = std::env::current_exe().map_err(Failure::internal)?;
        let spawn = || {
            Command::new(program)
                .args(["guard", "--"])
                .args(command)
                .env("PORT", port.to_string())
                .env("K_SINK", &sink)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .kill_on_drop(true)
                .spawn()
        };
        let child = runtime
            .block_on(async { spawn() })
            .map_err(Failure::internal)?;
        let mut foreign = Self {
            role: role.to_owned(),
            consumes,
            runtime,
            child,
            client: Client::new(),
            url: format!("http://127.0.0.1:{port}/"),
            inbox,
            said: HashSet::new(),
            late,
        };
        foreign.wait_ready(port)?;
        Ok(foreign)
    }

    fn wait_ready(&mut self, port: u16) -> Result<(), Failure> {
        let deadline = Instant::now() + READY_WITHIN;
        let probe = format!("{}readyz", self.url);
        self.runtime.block_on(async {
            loop {
                if let Ok(Some(status)) = self.child.try_wait() {
                    let message = format!("the {} ended before it was ready: {status}", self.role);
                    return Err(Failure::new(Code::Target, message));
                }
                let answer = self
                    .client
                    .send("GET", &probe, &[], Bytes::new(), Duration::from_secs(2))
                    .await;
                // A ready path is a custom, not a duty: 503 there means wait, anything else means go.
                if answer.is_ok_and(|answer| answer.status != 503) {
                    return Ok(());
                }
                if Instant::now() > deadline {
                    let message = format!(
                        "the {} does not accept connections on PORT={port} within {} s",
                        self.role,
                        READY_WITHIN.as_secs()
                    );
                    return Err(Failure::new(Code::Target, message));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    }

    /// Delivers until the component takes the event; its answer.
    fn deliver(&self, headers: &[(String, String)], body: &Bytes) -> Result<Answer, String> {
        self.runtime.block_on(async {
            let mut backoff = Backoff::sender();
            loop {
                let answer = self
                    .client
                    .send("POST", &self.url, headers, body.clone(), ANSWER_WITHIN)
                    .await;
                let problem = match answer {
                    Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                    Ok(answer) => {
                        let text: String = String::from_utf8_lossy(&answer.body)
                            .chars()
                            .take(512)
                            .collect();
                        let problem = format!("status {}: {}", answer.status, text.escape_debug());
                        if !is_retriable(answer.status) {
                            return Err(problem);
                        }
                        problem
                    }
                    Err(error) => error.to_string(),
                };
                let wait = backoff.next_wait();
                if backoff.attempts() >= ATTEMPTS {
                    return Err(format!("{problem}, after {ATTEMPTS} attempts"));
                }
                tokio::time::sleep(wait).await;
            }
        })
    }

    fn posted(&self) -> Vec<Result<Event, String>> {
        std::mem::take(&mut *self.inbox.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Actor for Foreign {
    fn consumes(&self) -> &[EventType] {
        self.consumes
    }

    fn act(&mut self, event: &Event) -> Result<Vec<Event>, backtest::Failure> {
        let fail = |problem: String| backtest::Failure::new(&self.role, event, problem);
        let mut said = self.posted();
        self.late.fetch_add(said.len() as u64, Ordering::Relaxed);
        let (mut headers, body) = envelope::to_binary(&wire::to_cloud_event(event));
        headers.push(("prefer".to_owned(), "reply".to_owned()));
        let answer = self.deliver(&headers, &body).map_err(fail)?;
        said.extend(self.posted());
        if !answer.body.is_empty() {
            let headers: Vec<envelope::Header<'_>> = answer.header_slices();
            said.push(judged(&headers, &answer.body));
        }
        let mut effects = Vec::new();
        for event in said {
            let event = event.map_err(fail)?;
            // A resend is the same event: it is stored once.
            if self
                .said
                .insert((event.cause().source.clone(), event.cause().id.clone()))
            {
                effects.push(event);
            }
        }
        Ok(effects)
    }
}

impl Drop for Foreign {
    /// Asks the component to stop; what it still posts then is late.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let child = &mut self.child;
        self.runtime.block_on(async {
            drop(tokio::time::timeout(STOP_WITHIN, child.wait()).await);
        });
        self.late
            .fetch_add(self.posted().len() as u64, Ordering::Relaxed);
    }
}

/// The sink: every event is judged before it is taken.
fn take(request: &Request, inbox: &Inbox) -> Response {
    let judged = judged(&request.header_slices(), &request.body);
    let answer = match &judged {
        Ok(_) => Response::empty(202),
        Err(problem) => Response::problem(400, "invalid_event", problem, &[]),
    };
    inbox
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(judged);
    answer
}

fn judged(headers: &[envelope::Header<'_>], body: &Bytes) -> Result<Event, String> {
    let Verdict {
        event,
        payload,
        findings,
        ..
    } = validate(headers, body, View::Strict);
    match (event, payload) {
        (Some(event), Some(payload)) if is_valid(&findings) => {
            wire::to_event(&event, payload).ok_or_else(|| format!("event {} has no time", event.id))
        }
        (event, _) => Err(invalid(event.as_ref(), &findings)),
    }
}

fn invalid(event: Option<&CloudEvent>, findings: &[Finding]) -> String {
    let which = event.map_or_else(String::new, |event| {
        format!(" {} of {}", event.id, event.source)
    });
    let first = findings
        .iter()
        .find(|finding| !is_valid(std::slice::from_ref(*finding)));
    let why = first.map_or_else(
        || "its type is none of the contract's".to_owned(),
        |finding| format!("{} {}", finding.rule, finding.message),
    );
    format!("it emitted an invalid event{which}: {why}")
}
