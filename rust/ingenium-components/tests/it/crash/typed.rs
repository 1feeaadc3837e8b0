//! The same run in this process: what components that never stop hold in their memory.

use std::cell::RefCell;
use std::rc::Rc;

use ingenium_components::{executor, ingestor, portfolio, strategy};
use ingenium_trading::backtest::{Actor, Event, Typed};
use ingenium_trading::{Disposition, Input, Outbox, Role, States};
use ingenium_types::EventType;
use ingenium_types::fingerprint::{Line, fingerprint};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::run::Part;
use crate::chain;

/// What a run comes to.
pub(crate) struct Memory {
    pub(crate) fingerprint: String,
    /// The states of each component, as rows of a store.
    pub(crate) states: Vec<Vec<String>>,
}

/// Rows that a role has after its last event.
type Rows = Rc<RefCell<Vec<String>>>;

/// A role whose states are looked at after each event.
struct Watched<R> {
    role: R,
    rows: Rows,
}

impl<R: Role> Watched<R> {
    fn look(&self, states: &States<R::State>) {
        let row = |(key, state)| {
            let state = serde_json::to_string(state).expect("a state is JSON");
            format!("state {key} {state}")
        };
        *self.rows.borrow_mut() = states.range("", "").map(row).collect();
    }
}

impl<R: Role> Role for Watched<R> {
    type State = R::State;

    fn consumes(&self) -> &[EventType] {
        self.role.consumes()
    }

    fn handle(
        &self,
        states: &mut States<R::State>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let disposition = self.role.handle(states, input, outbox);
        self.look(states);
        disposition
    }

    fn natural_key(&self, input: &Input<'_>) -> Option<String> {
        self.role.natural_key(input)
    }

    fn conflict(
        &self,
        states: &mut States<R::State>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let disposition = self.role.conflict(states, input, outbox);
        self.look(states);
        disposition
    }
}

/// Runs `parts` over what the ingestor `input` would post.
pub(crate) fn run(parts: &[Part], input: &ingestor::Config) -> Memory {
    let rows = ingestor::open(input).expect("the files are there");
    let rows = ingestor::roots(rows, &input.source, input.run.as_deref());
    let input = rows.map(|row| row.expect("no row is malformed")).collect();
    let (actors, states): (Vec<_>, Vec<Rows>) = parts
        .iter()
        .map(|(name, config)| watched(name, config))
        .unzip();
    let lines = chain::run(actors, input).iter().map(line).collect();
    Memory {
        fingerprint: fingerprint(lines),
        states: states.iter().map(|rows| rows.borrow().clone()).collect(),
    }
}

fn line(event: &Event) -> Line {
    let payload = &event.payload;
    let (name, symbol) = (payload.event_type().as_str(), payload.symbol().as_str());
    let line = Line::new(
        name,
        Some(symbol),
        Some(event.time),
        Some(&payload.encode()),
    );
    line.expect("it is JSON")
}

fn watched(name: &str, config: &Value) -> (Box<dyn Actor>, Rows) {
    match name {
        "executor/paper" => {
            let config: executor::Config = read(config);
            watch(config.role().expect("in range"), config.source)
        }
        "portfolio/long-only" => {
            let config: portfolio::Config = read(config);
            watch(config.role(), config.source)
        }
        "strategy/rsi" => {
            let config: strategy::rsi::Config = read(config);
            watch(config.role().expect("in range"), config.source)
        }
        "strategy/sma-cross" => {
            let config: strategy::sma_cross::Config = read(config);
            watch(config.role().expect("in range"), config.source)
        }
        other => panic!("{other} has no role here"),
    }
}

fn read<C: DeserializeOwned>(config: &Value) -> C {
    serde_json::from_value(config.clone()).expect("a configuration")
}

fn watch<R: Role + 'static>(role: R, source: String) -> (Box<dyn Actor>, Rows) {
    let rows = Rows::default();
    let watched = Watched {
        role,
        rows: Rc::clone(&rows),
    };
    (Box::new(Typed::new(watched, source)), rows)
}
