//! Whether what was seen is what is asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::play::Seen;
use super::row::{Against, EventRow, Row, RowExpect, That};
use super::subscribers::Arrival;

/// What a machine that is busy may add to a wait.
const SLACK: Duration = Duration::from_millis(250);

/// What a clock that is read on both sides may take from a wait.
const EARLY: Duration = Duration::from_millis(8);

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// All of it holds.
    Yes,
    /// This does not.
    Not(Vec<String>),
    /// Nobody asks for anything.
    Open,
}

/// Compares what was seen with what somebody asks for.
pub(super) fn holds(row: &Row, against: Against, seen: &Seen) -> Holds {
    let own = |expect: &&RowExpect| expect.of.contains(&against);
    // The embedded broker is as Kafka's, but where it says otherwise.
    let as_kafka = against == Against::Ingenium && !row.expect.iter().any(|expect| own(&expect));
    let asked: Vec<&That> = row
        .expect
        .iter()
        .filter(|expect| {
            expect.of.is_empty() || own(expect) || (as_kafka && expect.of.contains(&Against::Kafka))
        })
        .map(|expect| &expect.that)
        .collect();
    if asked.is_empty() {
        return Holds::Open;
    }
    if let Some(problem) = &seen.failed {
        return Holds::Not(vec![problem.clone()]);
    }
    let missed: Vec<String> = asked
        .into_iter()
        .filter_map(|that| that.is_missed(seen).err())
        .collect();
    if missed.is_empty() {
        Holds::Yes
    } else {
        Holds::Not(missed)
    }
}

type Missed = Result<(), String>;

impl That {
    fn is_missed(&self, seen: &Seen) -> Missed {
        match self {
            Self::Answered { id, status } => answered(seen, id, status),
            Self::AnswerHeader {
                id,
                name,
                holds,
                if_good,
            } => answer_header(seen, id, name, holds, *if_good),
            Self::Delivered {
                to,
                events,
                times,
                or_more,
            } => delivered(seen, to, events, *times, *or_more),
            Self::Attempts {
                to,
                event,
                are,
                or_fewer,
            } => {
                let made = seen.of(to, event).len();
                let fits = made == *are || (*or_fewer && made > 0 && made < *are);
                ensure(fits, || {
                    let most = if *or_fewer { "at most " } else { "" };
                    format!("{to} got {made} attempts of `{event}`, expected {most}{are}")
                })
            }
            Self::Waits { to, event, ms } => waits(seen, to, event, ms),
            Self::Unchanged { to, event } => unchanged(seen, to, event),
            Self::Carries { .. } => self.carries(seen),
            Self::Structured { to, event, is } => {
                let arrival = seen.first(to, event)?;
                ensure(arrival.is_structured() == *is, || {
                    let came = if *is { "binary" } else { "structured" };
                    format!("`{event}` came to {to} in {came} mode")
                })
            }
            Self::InOrder { to } => in_order(seen, to),
            Self::OneAtATime { to } => one_at_a_time(seen, to),
            Self::AnsweredFirst { event, to, is } => {
                let reply = seen.reply(event)?;
                let (answered, _) = seen
                    .first(to, event)?
                    .answered
                    .ok_or_else(|| format!("{to} has not answered `{event}` yet"))?;
                ensure((reply.at < answered) == *is, || {
                    let when = if *is { "after" } else { "before" };
                    format!("the sender had its answer {when} the subscriber gave one")
                })
            }
        }
    }

    fn carries(&self, seen: &Seen) -> Missed {
        let Self::Carries {
            to,
            event,
            header,
            is,
            begins,
            absent,
            length,
        } = self
        else {
            return Ok(());
        };
        let found = seen.first(to, event)?.header(header);
        let shown = found.as_deref().unwrap_or("absent");
        let bad = |wanted: &str| {
            Err(format!(
                "`{event}` at {to}: `{header}` is `{shown}`, expected {wanted}"
            ))
        };
        if *absent {
            return if found.is_none() {
                Ok(())
            } else {
                bad("it to be absent")
            };
        }
        let Some(found) = &found else {
            return bad("it to be there");
        };
        if let Some(is) = is {
            let wanted = match is.strip_prefix("sink:") {
                Some(name) => seen.urls.get(name).cloned().unwrap_or_default(),
                None => is.clone(),
            };
            if *found != wanted {
                return bad(&format!("`{wanted}`"));
            }
        }
        if let Some(begins) = begins
            && !found.starts_with(begins.as_str())
        {
            return bad(&format!("it to begin with `{begins}`"));
        }
        if let Some(length) = length
            && found.len() != *length
        {
            return bad(&format!("{length} characters, not {}", found.len()));
        }
        Ok(())
    }
}

impl Seen {
    /// The attempts of an event at a subscriber, in order.
    fn of(&self, to: &str, event: &str) -> Vec<&Arrival> {
        let those = self.arrivals.iter();
        those
            .filter(|one| one.to == to && one.event == event)
            .collect()
    }

    fn first(&self, to: &str, event: &str) -> Result<&Arrival, String> {
        let first = self.of(to, event).into_iter().next();
        first.ok_or_else(|| format!("`{event}` never came to {to}"))
    }

    fn reply(&self, id: &str) -> Result<&super::play::Reply, String> {
        let reply = self.replies.get(id);
        reply.ok_or_else(|| format!("`{id}` was not sent"))
    }

    /// The events that a name or `PREFIX*` stands for.
    fn named(&self, name: &str) -> Vec<String> {
        match name.strip_suffix('*') {
            None => vec![name.to_owned()],
            Some(prefix) => {
                let ids = self.sent.iter().map(|event| event.id.clone());
                ids.filter(|id| id.starts_with(prefix)).collect()
            }
        }
    }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Missed {
    if holds { Ok(()) } else { Err(problem()) }
}

fn answered(seen: &Seen, id: &str, wanted: &[String]) -> Missed {
    let replies: Vec<(String, &super::play::Reply)> = match id.strip_suffix('*') {
        None => vec![(id.to_owned(), seen.reply(id)?)],
        Some(prefix) => seen
            .replies
            .iter()
            .filter(|(id, _)| id.starts_with(prefix))
            .map(|(id, reply)| (id.clone(), reply))
            .collect(),
    };
    for (id, reply) in replies {
        let status = reply
            .status
            .as_ref()
            .map_err(|problem| format!("`{id}`: {problem}"))?;
        let family = format!("{}xx", status / 100);
        let fits = wanted
            .iter()
            .any(|wanted| *wanted == family || *wanted == status.to_string());
        if !fits {
            return Err(format!(
                "`{id}` is answered {status}, expected {}",
                wanted.join(" or ")
            ));
        }
    }
    Ok(())
}

fn answer_header(seen: &Seen, id: &str, name: &str, holds: &str, if_good: bool) -> Missed {
    let reply = seen.reply(id)?;
    let good = matches!(reply.status, Ok(200..=299));
    if if_good && !good {
        return Ok(());
    }
    let found = reply.headers.iter().find(|(other, _)| other == name);
    let found = found.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
    let text = found.unwrap_or_default();
    ensure(text.to_lowercase().contains(&holds.to_lowercase()), || {
        format!("the answer to `{id}` has `{name}: {text}`, which does not hold `{holds}`")
    })
}

fn delivered(seen: &Seen, to: &str, events: &[String], times: usize, or_more: bool) -> Missed {
    for event in events.iter().flat_map(|name| seen.named(name)) {
        let attempts = seen.of(to, &event);
        let accepted = attempts.iter().filter(|one| one.is_accepted()).count();
        // What never should come must not even be tried.
        let count = if times == 0 { attempts.len() } else { accepted };
        if count != times && !(or_more && count > times) {
            let wanted = if or_more { "at least " } else { "" };
            return Err(format!(
                "{to} got `{event}` {count} times, expected {wanted}{times}"
            ));
        }
    }
    Ok(())
}

fn waits(seen: &Seen, to: &str, event: &str, wanted: &[u64]) -> Missed {
    let attempts = seen.of(to, event);
    let waits: Vec<Duration> = attempts
        .windows(2)
        .map(|pair| {
            let settled = pair[0].answered.map_or(pair[0].at, |(at, _)| at);
            pair[1].at.saturating_duration_since(settled)
        })
        .collect();
    let fits = waits.len() == wanted.len()
        && waits.iter().zip(wanted).all(|(wait, wanted)| {
            let wanted = Duration::from_millis(*wanted);
            *wait + EARLY >= wanted && *wait <= wanted * 2 + SLACK
        });
    ensure(fits, || {
        let waits: Vec<u128> = waits.iter().map(Duration::as_millis).collect();
        format!("the waits between attempts are {waits:?} ms, expected {wanted:?}")
    })
}

fn unchanged(seen: &Seen, to: &str, event: &str) -> Missed {
    let sent = seen.sent.iter().find(|one| one.id == event);
    let sent = sent.ok_or_else(|| format!("`{event}` was not sent"))?;
    let arrival = seen.first(to, event)?;
    for (name, value) in sent.attributes() {
        let header = if name == "datacontenttype" && !arrival.is_structured() {
            "content-type".to_owned()
        } else {
            format!("ce-{name}")
        };
        let found = arrival.header(&header).unwrap_or_default();
        if found != value {
            return Err(format!(
                "`{event}` at {to}: `{name}` is `{found}`, and was `{value}`"
            ));
        }
    }
    same_data(sent, arrival)
}

/// Text for text in binary mode; what was in a JSON document may be spaced otherwise, and nothing else.
fn same_data(sent: &EventRow, arrival: &Arrival) -> Missed {
    let wanted = sent.payload();
    let problem = || format!("`{}` at {}: its data are others", sent.id, arrival.to);
    if let Some(event) = arrival.structured() {
        let data: Value = serde_json::from_str(&wanted).unwrap_or(Value::String(wanted));
        return ensure(event["data"] == data, problem);
    }
    if sent.structured {
        let data = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
        return ensure(data(wanted.as_bytes()) == data(&arrival.body), problem);
    }
    ensure(wanted.as_bytes() == arrival.body, problem)
}

/// First attempts by `partitionkey`, as they were sent.
fn by_key(seen: &Seen) -> BTreeMap<String, Vec<&EventRow>> {
    let mut keys: BTreeMap<String, Vec<&EventRow>> = BTreeMap::new();
    for event in &seen.sent {
        let key = event
            .attributes()
            .remove("partitionkey")
            .unwrap_or_default();
        keys.entry(key).or_default().push(event);
    }
    keys
}

fn in_order(seen: &Seen, to: &str) -> Missed {
    for (key, events) in by_key(seen) {
        let mut last: Option<(Instant, &str)> = None;
        for event in events {
            let at = seen.first(to, &event.id)?.at;
            if let Some((before, earlier)) = last
                && at < before
            {
                return Err(format!(
                    "{to} got `{}` before `{earlier}`; both have the key `{key}`",
                    event.id
                ));
            }
            last = Some((at, &event.id));
        }
    }
    Ok(())
}

fn one_at_a_time(seen: &Seen, to: &str) -> Missed {
    for (key, events) in by_key(seen) {
        for pair in events.windows(2) {
            let (earlier, later) = (&pair[0].id, &pair[1].id);
            let begun = seen.first(to, later)?.at;
            let settled = seen
                .of(to, earlier)
                .last()
                .and_then(|last| last.answered)
                .map(|(at, _)| at);
            let waited = settled.is_some_and(|settled| begun >= settled);
            ensure(waited, || {
                format!("{to} got `{later}` while `{earlier}` was open; both have the key `{key}`")
            })?;
        }
    }
    Ok(())
}
