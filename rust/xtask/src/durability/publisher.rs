//! Publishers that resend what got no 202, as senders of events have to.

use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;

use super::checker::Event;
use super::ledger::Ledger;
use super::wire::{self, Connection};

/// How many deliveries may be owed before publishers hold back.
const OWED: u64 = 4000;

/// How long a refused publisher waits: what `Retry-After` asks for would be longer than a run lasts.
const PAUSE: Duration = Duration::from_millis(5);

/// A publisher, and the keys that are its own.
pub(super) struct Publisher {
    random: Rng,
    /// Each key with the number of its last event.
    keys: Vec<(u32, u64)>,
    /// What somebody before it has sent, and perhaps nobody has taken.
    open: Vec<Event>,
    connection: Option<Connection>,
}

impl Publisher {
    pub(super) fn new(random: Rng, keys: impl Iterator<Item = u32>) -> Self {
        Self {
            random,
            keys: keys.map(|key| (key, 0)).collect(),
            open: Vec::new(),
            connection: None,
        }
    }

    /// One that goes on where another has ended, first of all with what that one got no answer for.
    pub(super) fn resume(random: Rng, keys: Vec<(u32, u64)>, open: Vec<Event>) -> Self {
        Self {
            random,
            keys,
            open,
            connection: None,
        }
    }

    /// Publishes until the run stops; the last event is taken, too.
    pub(super) fn run(mut self, ledger: &Ledger) {
        for event in std::mem::take(&mut self.open) {
            if !self.publish(ledger, event, &body(event)) {
                ledger.offence(format!("no broker takes event {} again", event.id()));
                return;
            }
        }
        while !ledger.is_stopping() {
            ledger.wait_for_room(OWED);
            let index = self.random.usize(..self.keys.len());
            let (key, last) = &mut self.keys[index];
            *last += 1;
            let event = Event {
                key: *key,
                number: *last,
            };
            let body = body(event);
            if !self.publish(ledger, event, &body) {
                ledger.offence(format!("no broker takes event {}", event.id()));
                return;
            }
            match self.random.u32(..50) {
                // A source that was restarted tells what it has told.
                0 | 1 => drop(self.publish(ledger, event, &body)),
                2 => self.contradict(ledger, event, &body),
                _ => {}
            }
        }
    }

    /// Sends the same bytes until they are acknowledged.
    fn publish(&mut self, ledger: &Ledger, event: Event, body: &[u8]) -> bool {
        let request = wire::event(&event.source(), &event.id(), event.key, body);
        while let Some(address) = ledger.address() {
            ledger.sent(event, body);
            let connection = match self.connection.take() {
                Some(connection) => Ok(connection),
                None => Connection::open(address),
            };
            let answer = connection.and_then(|mut connection| {
                let answer = connection.ask(&request)?;
                if answer.header("connection") != Some("close") {
                    self.connection = Some(connection);
                }
                Ok(answer)
            });
            match answer.map(|answer| answer.status()) {
                Ok(Some(202)) => {
                    ledger.taken(event);
                    return true;
                }
                // Not a word, or none that can be trusted: the next process is asked.
                Ok(Some(429 | 503)) | Err(_) => sleep(PAUSE),
                Ok(status) => {
                    ledger.offence(format!("event {} is answered with {status:?}", event.id()));
                    return false;
                }
            }
        }
        false
    }

    /// Says something else under an id that is known: 422, and nothing of it is stored or delivered.
    fn contradict(&mut self, ledger: &Ledger, event: Event, body: &[u8]) {
        let other = [body, b"!"].concat();
        let request = wire::event(&event.source(), &event.id(), event.key, &other);
        // A broker that is gone just now says nothing to it, which is as good.
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if let Ok(answer) = connection.ask(&request) {
            if !matches!(answer.status(), Some(422 | 429 | 503)) {
                let line = answer.line;
                ledger.offence(format!(
                    "another content of event {} is answered with `{line}`",
                    event.id()
                ));
            }
            self.connection = Some(connection);
        }
    }
}

/// Between nothing and some pages of the file. It follows from the event: whoever sends it again, after whatever end of
/// whoever sent it first, sends the same bytes.
pub(super) fn body(event: Event) -> Vec<u8> {
    let mut random = Rng::with_seed((u64::from(event.key) << 32) ^ event.number);
    let mut body = event.id().into_bytes();
    let length = if random.u32(..20) == 0 { 9000 } else { 400 };
    let length = random.usize(..length);
    body.extend(std::iter::repeat_with(|| random.u8(..)).take(length));
    body
}
