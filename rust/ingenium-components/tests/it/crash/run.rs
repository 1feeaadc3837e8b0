//! One run of all components in step order, with crashes where they are asked for.

use std::path::Path;

use ingenium_types::EventType;
use ingenium_types::fingerprint::fingerprint;
use ingenium_types::step::{Next, Offset, Rank, Schedule};
use serde_json::Value;

use super::broker::{Broker, Message};
use super::process::Process;

/// A component's name and configuration; the place among others is its rank.
pub(crate) type Part = (&'static str, Value);

/// Before what, in a delivery, its recipient crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The event has not reached it yet.
    Handling,
    /// The effect is durable; so many of the events that it led to have reached the broker, the next has not.
    Sending(usize),
    /// Everything has reached the broker, the 2xx has not.
    Answering,
}

/// What a run leaves behind.
pub(crate) struct Outcome {
    /// `source` and `id` of everything that was said, in log order.
    pub(crate) said: Vec<(String, String)>,
    pub(crate) fingerprint: String,
    /// The rows of each component's store.
    pub(crate) stores: Vec<Vec<String>>,
    /// How many events each delivery led to, in the order of the deliveries.
    pub(crate) effects: Vec<usize>,
}

impl Outcome {
    /// What differs from `expected`, in lines; nothing where nothing does.
    pub(crate) fn differences(&self, expected: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (rank, (found, expected)) in self.stores.iter().zip(&expected.stores).enumerate() {
            let only = |here: &[String], there: &[String], sign| {
                let rows = here.iter().filter(|row| !there.contains(row));
                rows.map(|row| format!("{sign} store {rank}: {row}"))
                    .collect::<Vec<_>>()
            };
            lines.extend(only(expected, found, '-'));
            lines.extend(only(found, expected, '+'));
        }
        let facts = |run: &Self| {
            let Self {
                said,
                fingerprint,
                effects,
                stores,
            } = run;
            let rows: Vec<usize> = stores.iter().map(Vec::len).collect();
            format!("{fingerprint}, rows {rows:?}, effects {effects:?}, said {said:?}")
        };
        let (found, expected) = (facts(self), facts(expected));
        if found != expected {
            lines.push(format!("- {expected}"));
            lines.push(format!("+ {found}"));
        }
        lines
    }
}

/// What was seen on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) crashes: usize,
    /// How often an event was sent that the broker had.
    pub(crate) repeats: usize,
}

/// Runs `parts` over `input`; `crash` says of each delivery, by its number, when its recipient crashes.
pub(crate) async fn run(
    parts: &[Part],
    input: &[Message],
    crash: impl Fn(usize) -> Vec<Moment>,
) -> (Outcome, Vec<Message>, Counts) {
    let folder = folder();
    let broker = Broker::start(input).await;
    let mut processes = Vec::new();
    for (rank, (name, config)) in parts.iter().enumerate() {
        let place = folder.path().join(rank.to_string());
        processes.push(Process::start(name, config, place, &broker.url).await);
    }
    let subscriptions: Vec<Vec<EventType>> = parts
        .iter()
        .map(|(name, config)| {
            let actor = ingenium_components::actor(name, config).expect("a component");
            actor.consumes().to_vec()
        })
        .collect();
    let subscribers = |message: &Message| -> Vec<Rank> {
        (0..subscriptions.len())
            .filter(|&rank| subscriptions[rank].contains(&message.event_type()))
            .collect()
    };
    let mut schedule = Schedule::new();
    for (offset, message) in (0..).zip(input) {
        let key = message.input_key().expect("the input is bars");
        schedule.input(key, offset, subscribers(message));
    }
    schedule.end_input();
    let (mut effects, mut counts) = (Vec::new(), Counts::default());
    while let Next::Deliver(offset, rank) = schedule.next_delivery() {
        let before = broker.len();
        let message = broker.message(offset);
        for moment in crash(effects.len()) {
            fail(&broker, &message, &mut processes[rank], moment).await;
            counts.crashes += 1;
        }
        assert_eq!(processes[rank].give(&message).await, 202);
        for offset in before..broker.len() {
            let offset = Offset::try_from(offset).expect("a place");
            schedule.emitted(offset, subscribers(&broker.message(offset)));
        }
        schedule.settled(offset, rank);
        effects.push(broker.len() - before);
    }
    let mut stores = Vec::new();
    for process in processes {
        stores.push(process.stop().await);
    }
    counts.repeats = broker.repeats();
    let log = broker.messages();
    let said = log
        .iter()
        .map(|message| (message.source.clone(), message.id.clone()));
    let outcome = Outcome {
        said: said.collect(),
        fingerprint: fingerprint(log.iter().map(|message| message.line.clone()).collect()),
        stores,
        effects,
    };
    (outcome, log, counts)
}

/// A folder in memory where the system has one: a thousand starts would wait for the disk only, and what a killed process
/// has written is there without a sync.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a folder")
}

/// Lets a delivery fail: its recipient crashes at `moment`, and starts again.
async fn fail(broker: &Broker, message: &Message, to: &mut Process, moment: Moment) {
    match moment {
        Moment::Handling => {}
        Moment::Sending(sent) => {
            broker.hold_after(sent);
            tokio::select! {
                biased;
                () = broker.holding() => {}
                status = to.give(message) => panic!("{status} before its effects were sent"),
            }
        }
        Moment::Answering => assert_eq!(to.give(message).await, 202),
    }
    to.crash().await;
}
