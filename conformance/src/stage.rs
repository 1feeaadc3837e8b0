//! One instance of the component with its sink: what is sent to it goes through here.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ingenium_contract::CloudEvent;
use ingenium_runtime::backoff::is_retriable;

use crate::case::{End, Manner};
use crate::dress;
use crate::emission::{Emission, Fate, Message, Via};
use crate::habits::Habits;
use crate::journal::{Answered, Delivery, Journal};
use crate::role::Role;
use crate::scene::Scene;
use crate::sink::Sink;
use crate::stimulus::Stimuli;
use crate::target::{Error, NoAnswer, Place, Surroundings, Target, log_file};

/// How often a delivery is attempted, as a broker would.
const MOST_ATTEMPTS: usize = 8;

/// Deliveries in a row that used up their attempts, after which the next have one attempt each.
const MOST_EXHAUSTED: usize = 3;

/// The wait before the second attempt; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(25);

/// How long a component is waited for that never falls silent.
const CALM_WITHIN: Duration = Duration::from_secs(5);

/// How long an instance that has never emitted anything is waited for, once it has had its full time.
const IMPATIENCE: Duration = Duration::from_millis(50);

/// What all instances of a run share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) role: Role,
    pub(crate) place: Place,
    pub(crate) stimuli: Stimuli,
    pub(crate) journal: Journal,
    pub(crate) output: PathBuf,
    pub(crate) telemetry: String,
    pub(crate) fixture: Option<PathBuf>,
    pub(crate) sink_listen: Option<SocketAddr>,
    /// How long an effect may take.
    pub(crate) patience: Duration,
    /// How long an answer may take.
    pub(crate) answer_within: Duration,
    /// What has been learned about the component.
    pub(crate) habits: Habits,
    /// How many instances there have been.
    pub(crate) instances: AtomicUsize,
}

impl Shared {
    /// The same surroundings for instances of their own: nothing recorded yet, other files.
    pub(crate) fn apart(&self, output: PathBuf) -> Self {
        Self {
            place: self.place.clone(),
            stimuli: self.stimuli.afresh(),
            journal: Journal::default(),
            output,
            telemetry: self.telemetry.clone(),
            fixture: None,
            habits: Habits::default(),
            instances: AtomicUsize::new(0),
            ..*self
        }
    }
}

/// One instance.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) number: usize,
    pub(crate) shared: Arc<Shared>,
    pub(crate) sink: Sink,
    pub(crate) target: Option<Target>,
    surroundings: Surroundings,
    /// How often it had its full time in vain.
    fruitless: AtomicUsize,
}

impl Stage {
    /// Opens the sink and starts the component, if its role is one that serves.
    pub(crate) async fn open(shared: &Arc<Shared>) -> Result<Self, Error> {
        let number = shared.instances.fetch_add(1, Ordering::Relaxed);
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = shared.sink_listen.unwrap_or(any_port);
        let sink = Sink::start(listen, number, shared.journal.clone())
            .await
            .map_err(|source| match source.kind() {
                std::io::ErrorKind::AddrInUse => Error::Busy {
                    address: listen,
                    source,
                },
                _ => Error::System {
                    what: format!("recording sink on {listen}"),
                    source,
                },
            })?;
        let surroundings = Surroundings {
            role: shared.role,
            sink: sink.url(),
            telemetry: shared.telemetry.clone(),
            fixture: shared.fixture.clone(),
            state: shared.output.join(format!("state-{number}")),
            log: log_file(&shared.output, number),
            run: shared.stimuli.token.clone(),
            answer_within: shared.answer_within,
        };
        let mut stage = Self {
            number,
            shared: Arc::clone(shared),
            sink,
            target: None,
            surroundings,
            fruitless: AtomicUsize::new(0),
        };
        if shared.role != Role::Ingestor
            && let Err(error) = stage.start().await
        {
            stage.sink.stop().await;
            return Err(error);
        }
        Ok(stage)
    }

    /// Starts the component (again).
    pub(crate) async fn start(&mut self) -> Result<(), Error> {
        self.shared.journal.starting(self.number);
        self.target = Some(Target::start(&self.shared.place, &self.surroundings).await?);
        Ok(())
    }

    /// Ends the component and its sink.
    pub(crate) async fn close(mut self) {
        if let Some(target) = self.target.take() {
            // One that has ignored TERM once is not asked again: it costs ten seconds each time.
            let how = if self.shared.habits.is_stubborn() {
                End::Kill
            } else {
                End::Term
            };
            let ended = target.stop(how).await;
            if ended.is_some_and(|ended| ended.status.is_none()) {
                self.shared.habits.was_stubborn();
            }
        }
        self.sink.stop().await;
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    pub(crate) fn stimuli(&self) -> &Stimuli {
        &self.shared.stimuli
    }

    /// What a process of this instance is given, with another fixture.
    pub(crate) fn surroundings(&self, fixture: PathBuf) -> Surroundings {
        Surroundings {
            fixture: Some(fixture),
            ..self.surroundings.clone()
        }
    }

    /// How long an effect is waited for.
    pub(crate) fn patience(&self) -> Duration {
        if self.is_fruitless() {
            return IMPATIENCE;
        }
        // What has kept us waiting in vain is believed more quickly.
        match self.fruitless.load(Ordering::Relaxed) {
            0 | 1 => self.shared.patience,
            2 | 3 => self.shared.patience / 5,
            _ => self.shared.patience / 20,
        }
    }

    /// Whether this instance has had its full time and has never emitted anything.
    pub(crate) fn is_fruitless(&self) -> bool {
        self.fruitless.load(Ordering::Relaxed) > 0
            && self
                .journal()
                .find(0, |emission| emission.instance == self.number)
                .is_none()
    }

    /// Says that it had its full time.
    pub(crate) fn had_its_time(&self) {
        self.fruitless.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.target.as_mut().is_none_or(Target::is_alive)
    }

    /// Delivers an event as a broker does: again after an answer that a retry can cure, never after another.
    pub(crate) async fn deliver(
        &self,
        case: &Arc<str>,
        event: CloudEvent,
        manner: &Manner,
    ) -> usize {
        let event = dress::event(event, manner);
        let (headers, body) = dress::message(&event, manner);
        let about = format!("{} `{}`", event.type_, event.id);
        let number = self.record(case, Some(Arc::new(event)), about, headers, body.into());
        self.attempt(number, "POST", manner.title_case, MOST_ATTEMPTS)
            .await;
        number
    }

    /// Sends a message once.
    pub(crate) async fn send_once(
        &self,
        case: &Arc<str>,
        method: &str,
        about: String,
        headers: Vec<(String, String)>,
        body: Bytes,
    ) -> usize {
        let number = self.record(case, None, about, headers, body);
        self.attempt(number, method, false, 1).await;
        number
    }

    /// Sends what was sent before again, byte for byte.
    pub(crate) async fn repeat(&self, case: &Arc<str>, number: usize) -> Option<usize> {
        let Delivery {
            event,
            about,
            headers,
            body,
            ..
        } = self.journal().delivery(number)?;
        let about = format!("{about} again");
        let number = self.record(case, event, about, headers, body);
        self.attempt(number, "POST", false, MOST_ATTEMPTS).await;
        Some(number)
    }

    /// Sends an event once, over a connection of its own.
    pub(crate) async fn knock(
        &self,
        case: &Arc<str>,
        event: CloudEvent,
        within: Duration,
    ) -> usize {
        let (headers, body) = dress::message(&event, &Manner::default());
        let about = format!("{} `{}` after TERM", event.type_, event.id);
        let body = Bytes::from(body);
        let event = Some(Arc::new(event));
        let number = self.record(case, event, about, headers.clone(), body.clone());
        let answer = match &self.target {
            Some(target) => target.knock(&headers, body, within).await,
            None => Err(NoAnswer::not_sent("the component is not running")),
        };
        let answer = answer
            .map(|answer| Answered {
                status: answer.status,
                reply: self.reply(number, &answer),
                headers: answer.headers,
                body: answer.body,
            })
            .map_err(|missing| missing.why);
        self.journal().answered(number, answer);
        number
    }

    /// Waits until a component that emits after its answers, or may be one, has said everything.
    pub(crate) async fn calm(&self) {
        if self.is_fruitless() {
            return;
        }
        let habits = &self.shared.habits;
        if let Some(silence) = habits.calm() {
            let is_calm = self
                .journal()
                .quiet(self.number, silence, CALM_WITHIN)
                .await;
            if !is_calm {
                // It would cost the same each time.
                habits.was_restless();
            }
        }
    }

    /// Waits until everything about a case that was posted has been taken by the sink or refused for good, or its time is
    /// up.
    pub(crate) async fn settle(&self, scene: &Scene) {
        let is_settled = |emissions: &[Emission]| {
            let mut owed: HashMap<(String, String), bool> = HashMap::new();
            let ours = emissions.iter().filter(|one| {
                one.instance == self.number
                    && one.via == Via::Sink
                    && one.symbol().is_some_and(|symbol| scene.owns(&symbol))
            });
            for one in ours {
                if let Some(identity) = one.identity() {
                    *owed.entry(identity).or_default() |= !one.fate.is_open();
                }
            }
            owed.values().all(|is_done| *is_done)
        };
        if !self.journal().until(self.patience(), is_settled).await {
            self.had_its_time();
        }
    }

    fn record(
        &self,
        case: &Arc<str>,
        event: Option<Arc<CloudEvent>>,
        about: String,
        headers: Vec<(String, String)>,
        body: Bytes,
    ) -> usize {
        self.journal().sending(Delivery {
            number: 0,
            instance: self.number,
            case: Arc::clone(case),
            event,
            about,
            at: Duration::ZERO,
            after: 0,
            headers,
            body,
            answer: None,
            took: Duration::ZERO,
            attempts: 0,
        })
    }

    async fn attempt(&self, number: usize, method: &str, title_case: bool, attempts: usize) {
        let Some(Delivery { headers, body, .. }) = self.journal().delivery(number) else {
            return;
        };
        let mut wait = FIRST_WAIT;
        let habits = &self.shared.habits;
        let attempts = match habits.exhausted() {
            MOST_EXHAUSTED.. => 1,
            _ => attempts,
        };
        for nth in 1.. {
            let answer = match &self.target {
                Some(target) => {
                    target
                        .send(method, &headers, body.clone(), title_case)
                        .await
                }
                None => Err(NoAnswer::not_sent("the component is not running")),
            };
            let hung_up = answer.as_ref().is_err_and(|missing| missing.hung_up);
            let again = hung_up
                || answer
                    .as_ref()
                    .is_ok_and(|answer| is_retriable(answer.status));
            let answer = answer.map_err(|missing| missing.why);
            let answer = answer.map(|answer| Answered {
                status: answer.status,
                reply: self.reply(number, &answer),
                headers: answer.headers,
                body: answer.body,
            });
            self.journal().answered(number, answer);
            // What is sent once is sent twice where the connection may have been closed before it was used.
            let most = attempts.max(if hung_up { 2 } else { 1 });
            if !again || nth >= most {
                habits.has_exhausted(again);
                return;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    /// Records the event in an answer, if there is one.
    fn reply(
        &self,
        number: usize,
        answer: &ingenium_runtime::http::client::Answer,
    ) -> Option<usize> {
        let is_event = answer.header("ce-specversion").is_some()
            || answer.header("content-type").is_some_and(|value| {
                String::from_utf8_lossy(value)
                    .to_ascii_lowercase()
                    .starts_with("application/cloudevents")
            });
        if !(200..300).contains(&answer.status) || !is_event {
            return None;
        }
        let message = Message {
            method: String::new(),
            path: String::new(),
            query: None,
            headers: answer.headers.clone(),
            head: Bytes::new(),
            body: answer.body.clone(),
        };
        self.journal()
            .emitted(self.number, Via::Reply(number), Fate::Accepted, message)
    }
}
