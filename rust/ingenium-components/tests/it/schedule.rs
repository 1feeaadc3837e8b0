//! A broker that delivers in parallel promises order only within a trigger and a partition key. Whatever it makes of
//! the rest, the run says the same: fixed quantities, cash that never binds.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use fastrand::Rng;
use ingenium_components::ingestor;
use ingenium_trading::Origin as _;
use ingenium_trading::backtest::{Actor, Driver, Event, Observer};
use ingenium_types::fingerprint::{Line, fingerprint};
use ingenium_types::{EventType, Payload};
use serde_json::json;

/// Bars of each symbol.
const BARS: usize = 700;

/// How far the ingestor may be ahead of the slowest trigger, in events: a broker's backlog.
const AHEAD: usize = 150;

const SEEDS: u64 = 100;

fn actors(strategy: &str) -> Vec<Box<dyn Actor>> {
    let portfolio =
        json!({"initial_cash": "1000000000", "sizing": {"fixed_quantity": "10"}, "fee_bps": "3"});
    [
        ("executor/paper", json!({"fee_bps": "3"})),
        ("portfolio/long-only", portfolio),
        (strategy, json!({})),
    ]
    .iter()
    .map(|(name, config)| ingenium_components::actor(name, config).expect("a component"))
    .collect()
}

fn input() -> Vec<Event> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let series = ["IBM", "GOOG", "FB"].map(|symbol| {
        let file = ingestor::File {
            path: data.join(format!("{symbol}.csv")),
            symbol: Some(symbol.parse().expect("a symbol")),
        };
        ingestor::Bars::open(&file, &ingestor::Reading::default(), Some(BARS))
            .expect("a shipped file")
    });
    let merged = ingestor::Merge::new(series.into());
    let rows = ingestor::roots(merged, "/ingenium/ingestor/csv", None);
    rows.map(|row| row.expect("no row is malformed")).collect()
}

/// What components have said: the input is the same by itself.
#[derive(Default)]
struct Lines(Vec<Line>, BTreeMap<EventType, usize>);

impl Observer for Lines {
    fn stored(&mut self, event: &Event) {
        let payload = &event.payload;
        if matches!(payload, Payload::IngestorData(_)) {
            return;
        }
        let subject = Some(payload.symbol().as_str());
        let line = Line::new(
            payload.event_type().as_str(),
            subject,
            Some(event.time),
            Some(&payload.encode()),
        );
        self.0.push(line.expect("JSON"));
        *self.1.entry(payload.event_type()).or_default() += 1;
    }
}

/// Delivers the head of a queue that chance picks, until all are empty. A queue is a trigger's share of a partition key.
fn parallel(mut actors: Vec<Box<dyn Actor>>, input: Vec<Event>, seed: u64) -> Lines {
    let mut random = Rng::with_seed(seed);
    let mut seen = Lines::default();
    let mut queues: BTreeMap<(usize, EventType, String), VecDeque<Event>> = BTreeMap::new();
    let mut input = VecDeque::from(input);
    loop {
        let waiting: usize = queues.values().map(VecDeque::len).sum();
        let places = queues.len() + usize::from(!input.is_empty() && waiting < AHEAD);
        if places == 0 {
            return seen;
        }
        let place = random.usize(..places);
        let key = queues.keys().nth(place).cloned();
        let stated = match &key {
            None => Vec::from_iter(input.pop_front()),
            Some(key) => {
                let queue = queues.get_mut(key).expect("it is there");
                let event = queue.pop_front().expect("no queue is empty");
                if queue.is_empty() {
                    queues.remove(key);
                }
                actors[key.0].act(&event).expect("an answer")
            }
        };
        for event in stated {
            seen.stored(&event);
            let event_type = event.payload.event_type();
            for (rank, actor) in actors.iter().enumerate() {
                if actor.consumes().contains(&event_type) {
                    let partition = event.cause().partition_key.clone().unwrap_or_default();
                    queues
                        .entry((rank, event_type, partition))
                        .or_default()
                        .push_back(event.clone());
                }
            }
        }
    }
}

fn in_step(strategy: &str, input: Vec<Event>) -> Lines {
    let mut seen = Lines::default();
    Driver::new(actors(strategy))
        .run(input, &mut seen)
        .expect("a run");
    seen
}

/// The lines of each that the other has not, as text.
fn differences(a: &[Line], b: &[Line]) -> (Vec<String>, Vec<String>) {
    let only = |a: &[Line], b: &[Line]| {
        let b: std::collections::BTreeSet<&Line> = b.iter().collect();
        let rest = a.iter().filter(|line| !b.contains(line));
        rest.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
            .collect()
    };
    (only(a, b), only(b, a))
}

#[test]
fn the_whole_chain_says_the_same_in_any_schedule() {
    let input = input();
    for strategy in ["strategy/rsi", "strategy/sma-cross"] {
        let expected = in_step(strategy, input.clone());
        assert!(
            expected.1[&EventType::ExecutorExecution] > 10,
            "{:?}",
            expected.1
        );
        let lines = expected.0.clone();
        let print = fingerprint(expected.0);
        for seed in 0..SEEDS {
            let found = parallel(actors(strategy), input.clone(), seed);
            assert_eq!(found.1, expected.1, "{strategy}, seed {seed}");
            let (only_here, only_there) = differences(&found.0, &lines);
            assert!(
                fingerprint(found.0) == print,
                "{strategy}, seed {seed}: {only_here:#?} instead of {only_there:#?}"
            );
        }
    }
}

#[test]
fn an_executor_fills_the_same_in_any_schedule() {
    // The orders of a run, known beforehand: only the executor acts.
    let (input, mut run) = (input(), Run::default());
    Driver::new(actors("strategy/rsi"))
        .run(input.clone(), &mut run)
        .expect("a run");
    assert!(run.orders.len() > 10, "{} orders", run.orders.len());
    let expected = fingerprint(run.executions.0);
    for seed in 0..SEEDS {
        let mut mixed = input.clone();
        let mut random = Rng::with_seed(seed);
        for order in &run.orders {
            // Late, or early, by up to so many bars.
            let due = mixed
                .iter()
                .position(|event| event.time >= order.time)
                .unwrap_or(mixed.len());
            let place = (due + random.usize(..2 * AHEAD)).saturating_sub(AHEAD);
            mixed.insert(place.min(mixed.len()), order.clone());
        }
        let mut seen = Lines::default();
        let mut executor = actors("strategy/rsi").swap_remove(0);
        for event in &mixed {
            for effect in executor.act(event).expect("an answer") {
                seen.stored(&effect);
            }
        }
        assert_eq!(fingerprint(seen.0), expected, "seed {seed}");
    }
}

/// What a run has said of orders.
#[derive(Default)]
struct Run {
    orders: Vec<Event>,
    executions: Lines,
}

impl Observer for Run {
    fn stored(&mut self, event: &Event) {
        match event.payload {
            Payload::PortfolioOrder(_) => self.orders.push(event.clone()),
            Payload::ExecutorExecution(_) => self.executions.stored(event),
            _ => {}
        }
    }
}
