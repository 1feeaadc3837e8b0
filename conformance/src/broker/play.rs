//! One row, played: a broker, its Triggers, what is sent, and all that was seen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ingenium_runtime::http::client::Client;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::driver::Driver;
use super::holds::{Holds, holds};
use super::row::{Against, EventRow, Row, Step, TriggerRow};
use super::subscribers::{Arrival, Subscribers};
use crate::case::End;
use crate::role::Role;
use crate::target::{Place, Surroundings, Target, log_file};

/// How long one answer may take: a broker may hold the sender until every subscriber has answered.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How long a row may take until what it expects is there.
const SEEN_WITHIN: Duration = Duration::from_secs(8);

/// How long nothing more may come before a row is over.
const QUIET: Duration = Duration::from_millis(300);

/// Longer than any subscriber takes for its answer, unless the broker hangs up before.
const LONGEST_ANSWER: Duration = Duration::from_millis(1800);

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What all rows share.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) place: Place,
    pub(super) class: Option<String>,
    pub(super) against: Against,
    pub(super) namespace: String,
    pub(super) run: String,
    pub(super) token: Option<String>,
    pub(super) output: PathBuf,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) telemetry: String,
}

impl Ground {
    /// The API of a row's broker. A process has one broker; what runs already may have others beside it.
    fn driver(&self, base: &str, row: &str) -> Driver {
        let driver = match self.place {
            Place::Command(_) => Driver::new(base, "conformance", "conformance"),
            Place::Url(_) => {
                let broker = format!("{}-{row}", self.run).to_lowercase();
                Driver::new(base, &self.namespace, &broker)
            }
        };
        driver.showing(self.token.as_ref())
    }

    /// The header that says who sends.
    fn credentials(&self) -> Option<(String, String)> {
        let token = self.token.as_ref()?;
        Some(("authorization".to_owned(), format!("Bearer {token}")))
    }
}

/// One answer to the sender.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) at: Instant,
    /// None: there was no answer, and why.
    pub(super) status: Result<u16, String>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

/// What was seen of a row.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Events in the order of sending.
    pub(super) sent: Vec<EventRow>,
    /// What the sender was answered, by event or request.
    pub(super) replies: BTreeMap<String, Reply>,
    /// What subscribers got.
    pub(super) arrivals: Vec<Arrival>,
    /// URLs of subscribers by name.
    pub(super) urls: BTreeMap<String, String>,
    /// Why the row could not be played.
    pub(super) failed: Option<String>,
}

/// Plays a row to its end.
pub(super) async fn play(row: &Row, name: &str, number: usize, ground: &Ground) -> Seen {
    ground.subscribers.open(name, &row.sinks);
    let mut seen = Seen::default();
    let mut scene = match Scene::open(row, name, number, ground).await {
        Ok(scene) => scene,
        Err(problem) => {
            seen.failed = Some(problem);
            return seen;
        }
    };
    for name in names(row) {
        let url = scene.url(&name);
        seen.urls.insert(name, url);
    }
    for step in &row.steps {
        if let Err(problem) = scene.step(step, &mut seen).await {
            seen.failed = Some(problem);
            break;
        }
    }
    if seen.failed.is_none() {
        scene.settle(row, &mut seen).await;
    }
    seen.arrivals = ground.subscribers.arrivals(name);
    scene.close().await;
    seen
}

/// The subscribers that a row speaks of.
fn names(row: &Row) -> Vec<String> {
    let mut names: Vec<String> = row
        .triggers
        .iter()
        .map(|trigger| trigger.to.clone())
        .collect();
    names.extend(row.sinks.keys().cloned());
    names
}

struct Scene<'a> {
    ground: &'a Ground,
    name: &'a str,
    surroundings: Surroundings,
    target: Option<Target>,
    driver: Driver,
    ingress: String,
    triggers: Vec<String>,
    client: Client,
}

impl<'a> Scene<'a> {
    async fn open(
        row: &Row,
        name: &'a str,
        number: usize,
        ground: &'a Ground,
    ) -> Result<Self, String> {
        let surroundings = Surroundings {
            role: Role::Broker,
            sink: String::new(),
            telemetry: ground.telemetry.clone(),
            fixture: None,
            state: ground.output.join(format!("state-{number}")),
            log: log_file(&ground.output, number),
            run: ground.run.clone(),
            answer_within: ANSWER_WITHIN,
        };
        let target = Target::start(&ground.place, &surroundings)
            .await
            .map_err(|error| error.to_string())?;
        let driver = ground.driver(target.uri(), name);
        let mut scene = Self {
            ground,
            name,
            surroundings,
            target: Some(target),
            driver,
            ingress: String::new(),
            triggers: Vec::new(),
            client: Client::new(),
        };
        let spec = scene.with_urls(&Value::Object(row.broker.clone()));
        match scene.furnish(row, &spec).await {
            Ok(()) => Ok(scene),
            Err(problem) => {
                scene.close().await;
                Err(problem)
            }
        }
    }

    /// Creates what is there from the beginning.
    async fn furnish(&mut self, row: &Row, spec: &Value) -> Result<(), String> {
        self.driver
            .broker(self.ground.class.as_deref(), spec)
            .await?;
        self.ingress = self.driver.address().await?;
        for trigger in &row.triggers {
            self.trigger(trigger).await?;
        }
        Ok(())
    }

    fn url(&self, name: &str) -> String {
        self.ground.subscribers.url(self.name, name)
    }

    /// Replaces `sink:NAME` by the subscriber's URL.
    fn with_urls(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix("sink:") {
                Some(name) => Value::String(self.url(name)),
                None => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.with_urls(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| (name.clone(), self.with_urls(member)))
                .collect(),
            other => other.clone(),
        }
    }

    fn object(&self, row: &TriggerRow) -> Value {
        let spec = self.with_urls(&Value::Object(row.spec.clone()));
        let subscriber = self.url(&row.to);
        self.driver
            .trigger_object(&row.name, &json!(row.annotations), spec, &subscriber)
    }

    async fn trigger(&mut self, row: &TriggerRow) -> Result<(), String> {
        let object = self.object(row);
        self.triggers.push(row.name.clone());
        self.driver.trigger(&row.name, &object).await
    }

    async fn step(&mut self, step: &Step, seen: &mut Seen) -> Result<(), String> {
        match step {
            Step::Send(event) => self.send(event, seen).await,
            Step::Stream(stream) => {
                for number in 0..stream.count {
                    let mut event = EventRow::named(format!("{}-{number}", stream.id));
                    if !stream.keys.is_empty() {
                        let key = stream.keys[number % stream.keys.len()].clone();
                        event.with.insert("partitionkey".to_owned(), Some(key));
                    }
                    self.send(&event, seen).await;
                }
            }
            Step::Request(request) => {
                let uri = match &request.path {
                    Some(path) => self.elsewhere(path),
                    None => self.ingress.clone(),
                };
                let mut headers: Vec<(String, String)> = request
                    .headers
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                if !request.anonymous {
                    headers.extend(self.ground.credentials());
                }
                let body = Bytes::from(request.body.clone());
                let reply = self.post(&request.method, &uri, &headers, body).await;
                seen.replies.insert(request.id.clone(), reply);
            }
            Step::Trigger(row) => self.trigger(row).await?,
            Step::Refuse(row) => {
                let object = self.object(row);
                let status = self.driver.offer(&row.name, &object).await?;
                if (200..300).contains(&status) {
                    self.triggers.push(row.name.clone());
                }
                let reply = Reply {
                    at: Instant::now(),
                    status: Ok(status),
                    headers: Vec::new(),
                };
                seen.replies.insert(row.name.clone(), reply);
            }
            Step::Await(reached) => {
                let deadline = Instant::now() + SEEN_WITHIN;
                let there = || {
                    let arrivals = self.ground.subscribers.arrivals(self.name);
                    let at = arrivals.iter().filter(|one| one.to == reached.at);
                    at.count() >= reached.requests
                };
                // What never comes is missed by what the row expects.
                while !there() && Instant::now() < deadline {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
            Step::Kill {} => {
                if let Some(target) = self.target.take() {
                    target.stop(End::Kill).await;
                }
                let started = Target::start(&self.ground.place, &self.surroundings).await;
                let target = started.map_err(|error| format!("after kill -9: {error}"))?;
                // It listens on another port now.
                self.driver = self.ground.driver(target.uri(), self.name);
                self.target = Some(target);
                self.ingress = self.driver.address().await?;
            }
        }
        Ok(())
    }

    /// Another path on the ingress' host.
    fn elsewhere(&self, path: &str) -> String {
        let host = self.ingress.splitn(4, '/').take(3).collect::<Vec<_>>();
        format!("{}{path}", host.join("/"))
    }

    async fn send(&self, event: &EventRow, seen: &mut Seen) {
        let (mut headers, body) = event.message();
        headers.extend(self.ground.credentials());
        seen.sent.push(event.clone());
        let reply = self.post("POST", &self.ingress, &headers, body).await;
        seen.replies.insert(event.id.clone(), reply);
    }

    async fn post(
        &self,
        method: &str,
        uri: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Reply {
        let sent = self
            .client
            .send(method, uri, headers, body, ANSWER_WITHIN)
            .await;
        let at = Instant::now();
        match sent {
            Ok(answer) => Reply {
                at,
                status: Ok(answer.status),
                headers: answer.headers,
            },
            Err(error) => Reply {
                at,
                status: Err(error.to_string()),
                headers: Vec::new(),
            },
        }
    }

    /// Waits until everything holds that is asked for, and then until nothing more comes.
    async fn settle(&self, row: &Row, seen: &mut Seen) {
        let deadline = Instant::now() + SEEN_WITHIN;
        let quiet = row.quiet_ms.map_or(QUIET, Duration::from_millis);
        let mut looked = Instant::now();
        let mut count = usize::MAX;
        loop {
            seen.arrivals = self.ground.subscribers.arrivals(self.name);
            let open = seen
                .arrivals
                .iter()
                .any(|one| one.answered.is_none() && one.at.elapsed() < LONGEST_ANSWER);
            if seen.arrivals.len() != count || open {
                (count, looked) = (seen.arrivals.len(), Instant::now());
            }
            let is_quiet = looked.elapsed() >= quiet;
            if is_quiet && !matches!(holds(row, self.ground.against, seen), Holds::Not(_)) {
                return;
            }
            if Instant::now() > deadline {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn close(&mut self) {
        let is_ours = matches!(self.ground.place, Place::Command(_));
        if !is_ours {
            self.driver.clear(&self.triggers).await;
        }
        if let Some(target) = self.target.take() {
            target.stop(End::Kill).await;
        }
    }
}
