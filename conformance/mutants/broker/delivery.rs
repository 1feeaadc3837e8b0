//! Deliveries: attempts, waits, replies, dead letters.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ingenium_runtime::http::client::Answer;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::event::Event;
use super::filter::passes;
use super::store::{Class, Store, Trigger};

/// How long an attempt may take when nobody says.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most of an answer that a dead letter carries.
const ERROR_DATA: usize = 1024;

/// A reply that a small broker takes.
const SMALL: usize = 16 * 1024;

/// Delivers an event to every Trigger that matches.
pub(super) fn dispatch(store: &Arc<Store>, event: &Event) -> Vec<JoinHandle<()>> {
    let class = store.class();
    let mut triggers = store.triggers();
    triggers.retain(|trigger| passes(&trigger.object["spec"], event, class, store.fault));
    if store.fault.is("M-FIRST-TRIGGER") {
        triggers.truncate(1);
    }
    triggers
        .iter()
        .map(|trigger| to(store, trigger, event.clone()))
        .collect()
}

/// Delivers an event to one Trigger.
pub(super) fn to(store: &Arc<Store>, trigger: &Trigger, event: Event) -> JoinHandle<()> {
    let order = trigger.annotation("kafka.eventing.knative.dev/delivery.order");
    let is_ordered = order == "ordered" && !store.fault.is("M-UNORDERED");
    let turn = is_ordered.then(|| trigger.turn(event.get("partitionkey")));
    // The lock is fair, and asked for in the order of the log.
    let waiting = turn.map(|turn| {
        let mut waiting = Box::pin(turn.lock_owned());
        let polled = futures_util::FutureExt::now_or_never(&mut waiting);
        (waiting, polled)
    });
    let (store, trigger) = (Arc::clone(store), trigger.clone());
    tokio::spawn(async move {
        if is_ordered && store.fault.is("M-SHUFFLES") && event.offset.is_multiple_of(2) {
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        let _turn = match waiting {
            Some((_, Some(guard))) => Some(guard),
            Some((waiting, None)) if !store.fault.is("M-SHUFFLES") => Some(waiting.await),
            _ => None,
        };
        Box::pin(deliver(&store, &trigger, event)).await;
    })
}

/// How a delivery is made.
struct Spec<'a> {
    retry: u64,
    delay: Duration,
    is_linear: bool,
    timeout: Duration,
    retry_after: Option<Duration>,
    format: &'a str,
    dead: Option<&'a str>,
    dead_audience: bool,
}

impl<'a> Spec<'a> {
    fn of(object: &'a Value) -> Self {
        let time = |name: &str| {
            let text = object[name]
                .as_str()?
                .strip_prefix("PT")?
                .strip_suffix('S')?;
            text.parse().ok().map(Duration::from_secs_f64)
        };
        Self {
            retry: object["retry"].as_u64().unwrap_or_default(),
            delay: time("backoffDelay").unwrap_or_default(),
            is_linear: object["backoffPolicy"].as_str() == Some("linear"),
            timeout: time("timeout").unwrap_or(TIMEOUT),
            retry_after: time("retryAfterMax"),
            format: object["format"].as_str().unwrap_or_default(),
            dead: object["deadLetterSink"]["uri"].as_str(),
            dead_audience: object["deadLetterSink"]["audience"].is_string(),
        }
    }

    /// The wait before retry `n`, the first being 1.
    fn wait(&self, class: Class, n: u32) -> Duration {
        match (self.is_linear, class) {
            (true, Class::Spec) => self.delay,
            (true, Class::Kafka) => self.delay * n,
            (true, Class::Mt) => self.delay * (n - 1),
            (false, Class::Kafka) => self.delay * 2_u32.pow(n),
            (false, _) => self.delay * 2_u32.pow(n - 1),
        }
    }
}

async fn deliver(store: &Arc<Store>, trigger: &Trigger, event: Event) {
    let fault = store.fault;
    let broker = store.broker();
    let own = &trigger.object["spec"]["delivery"];
    let mut merged = broker["spec"]["delivery"].clone();
    let object = match fault.name {
        "M-BROKER-WINS" if merged.is_object() => &merged,
        "M-MERGES" => {
            for (name, value) in own.as_object().into_iter().flatten() {
                merged[name] = value.clone();
            }
            &merged
        }
        "M-NO-DEFAULT" => own,
        _ if own.is_object() => own,
        _ => &merged,
    };
    let spec = Spec::of(object);
    let subscriber = &trigger.object["spec"]["subscriber"];
    let uri = subscriber["uri"].as_str().unwrap_or_default();
    let known = subscriber["audience"].is_string();
    let Err(answer) = attempts(store, &spec, uri, known, &event, spec.retry).await else {
        return;
    };
    let Some(dead) = spec.dead.filter(|_| !fault.is("M-NO-DEAD-LETTER")) else {
        return;
    };
    let mut letter = event;
    let mut set = |name: &str, value: String| {
        letter.attributes.insert(name.to_owned(), value);
    };
    if !fault.is("M-NO-DEST") {
        set("knativeerrordest", uri.to_owned());
    }
    if let Some(answer) = answer {
        if !fault.is("M-NO-CODE") {
            set("knativeerrorcode", answer.status.to_string());
        }
        let whole = fault.is("M-WHOLE-DATA");
        let most = if whole { usize::MAX } else { ERROR_DATA };
        let body = &answer.body[..answer.body.len().min(most)];
        let mut data = STANDARD.encode(body);
        if store.class() == Class::Mt {
            data.truncate(ERROR_DATA);
        }
        if !body.is_empty() && !fault.is("M-NO-DATA") {
            set("knativeerrordata", data);
        }
    }
    let retry = if fault.is("M-DEAD-ONCE") {
        0
    } else {
        spec.retry
    };
    // Nobody is left to tell.
    drop(attempts(store, &spec, dead, spec.dead_audience, &letter, retry).await);
}

/// Attempts until one is good; otherwise the last answer, where there was one.
async fn attempts(
    store: &Arc<Store>,
    spec: &Spec<'_>,
    uri: &str,
    known: bool,
    event: &Event,
    retry: u64,
) -> Result<(), Option<Answer>> {
    let (fault, class) = (store.fault, store.class());
    let (headers, body) = message(store, spec, known, event);
    let timeout = if fault.is("M-NO-TIMEOUT") {
        TIMEOUT
    } else {
        spec.timeout
    };
    let most = if fault.is("M-GIVES-UP") {
        retry.min(4)
    } else {
        retry
    };
    let mut n = 0;
    loop {
        let sent = store
            .client
            .send("POST", uri, &headers, body.clone(), timeout);
        let answer = sent.await.ok();
        let again = match &answer {
            None => true,
            Some(answer) if (200..300).contains(&answer.status) => {
                match take_reply(store, event, answer) {
                    Ok(()) => return Ok(()),
                    Err(()) => class != Class::Kafka,
                }
            }
            Some(answer) if fault.is("M-RETRIES-422") && answer.status == 422 => true,
            Some(answer) => matches!(answer.status, 404 | 408 | 409 | 429 | 500..),
        };
        n += 1;
        if !again || u64::from(n) > most {
            return Err(answer);
        }
        let mut wait = spec.wait(class, n);
        let asked = answer.as_ref().and_then(|answer| {
            let seconds = std::str::from_utf8(answer.header("retry-after")?).ok()?;
            seconds.parse().ok().map(Duration::from_secs)
        });
        if let (Some(asked), Some(most), Class::Mt) = (asked, spec.retry_after, class)
            && !fault.is("M-NO-RETRY-AFTER")
        {
            wait = wait.max(asked.min(most));
        }
        if !fault.is("M-NO-BACKOFF") {
            tokio::time::sleep(wait).await;
        }
    }
}

fn message(
    store: &Store,
    spec: &Spec<'_>,
    known: bool,
    event: &Event,
) -> (Vec<(String, String)>, bytes::Bytes) {
    let (fault, class) = (store.fault, store.class());
    let mut event = event.clone();
    match class {
        Class::Kafka if !fault.is("M-ADDS-NOTHING") => {
            let offset = event.offset.to_string();
            event
                .attributes
                .insert("knativekafkapartition".to_owned(), "0".to_owned());
            event
                .attributes
                .insert("knativekafkaoffset".to_owned(), offset);
        }
        Class::Mt => {
            let now = ingenium_runtime::clock::now().to_string();
            event
                .attributes
                .insert("knativearrivaltime".to_owned(), now);
        }
        _ => {}
    }
    let is_json = spec.format == "json" && (class != Class::Kafka || fault.is("M-FORMATS"));
    let (mut headers, body) = if is_json {
        event.structured()
    } else {
        event.binary()
    };
    if !fault.is("M-NO-PREFER") {
        headers.push(("prefer".to_owned(), "reply".to_owned()));
    }
    headers.push(("kn-namespace".to_owned(), "conformance".to_owned()));
    if let Some(trace) = &event.trace {
        headers.push(("traceparent".to_owned(), trace.clone()));
    }
    if known && store.token.is_some() && !fault.is("M-ANONYMOUS") {
        headers.push(("authorization".to_owned(), "Bearer mine".to_owned()));
    }
    (headers, body)
}

/// Takes the event in an answer; an error where the body is none.
fn take_reply(store: &Arc<Store>, cause: &Event, answer: &Answer) -> Result<(), ()> {
    let (fault, class) = (store.fault, store.class());
    if answer.body.is_empty() && answer.header("ce-specversion").is_none() {
        return if fault.is("M-WANTS-REPLY") && answer.status == 200 {
            Err(())
        } else {
            Ok(())
        };
    }
    let read = Event::read(&answer.headers, &answer.body, fault);
    let Some(mut reply) = read.filter(|reply| reply.is_complete(fault)) else {
        return if fault.is("M-ANY-BODY") {
            Ok(())
        } else {
            Err(())
        };
    };
    let is_ignored = fault.is("M-NO-REPLY")
        || (answer.status == 202 && (class == Class::Spec || fault.is("M-200-ONLY")))
        || (fault.is("M-SMALL-REPLY") && reply.data.len() > SMALL);
    if is_ignored {
        return Ok(());
    }
    reply.hops = cause.hops;
    if class == Class::Mt && !fault.is("M-LOOPS") {
        reply.hops = cause.hops.saturating_sub(1);
        if reply.hops == 0 {
            return Ok(());
        }
    }
    store.keep(&mut reply);
    dispatch(store, &reply);
    Ok(())
}
