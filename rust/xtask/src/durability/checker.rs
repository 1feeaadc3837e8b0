//! The judge of a run. It knows what publishers saw acknowledged, what subscribers received, and the rows of the file;
//! it shares no code with the broker.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Which event: that with this number of this key. A key has one publisher, which sends the next number after the last
/// is acknowledged: so the numbers are the order of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Event {
    pub(super) key: u32,
    pub(super) number: u64,
}

/// What a publisher knows about an event that it has sent at least once.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) body: Arc<[u8]>,
    pub(super) acknowledged: bool,
}

/// One delivery, as the subscriber got it.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    pub(super) event: Event,
    pub(super) body: Arc<[u8]>,
    /// Whether the subscriber said so in time.
    pub(super) accepted: bool,
}

/// One row of the log.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) source: String,
    pub(super) id: String,
    pub(super) body: Arc<[u8]>,
}

/// All that was observed of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Observed {
    pub(super) sent: HashMap<Event, Sent>,
    /// By trigger, in the order of arrival.
    pub(super) received: BTreeMap<&'static str, Vec<Receipt>>,
    /// In the order of their offsets.
    pub(super) stored: Vec<Row>,
}

/// What is wrong, each with its place; all lists of a broker that keeps its promises are empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Acknowledged, and not in the file.
    pub(super) lost: Vec<String>,
    /// More than one row for a source and id.
    pub(super) stored_twice: Vec<String>,
    /// Other bytes in the file, or in a delivery, than were sent.
    pub(super) altered: Vec<String>,
    /// Stored or delivered, and never sent.
    pub(super) invented: Vec<String>,
    /// First deliveries of a key to a trigger, or rows of a key, out of order.
    pub(super) inversions: Vec<String>,
    /// Stored, and accepted by no delivery to a trigger.
    pub(super) undelivered: Vec<String>,
}

/// How much was observed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) acknowledged: usize,
    pub(super) stored: usize,
    pub(super) deliveries: usize,
    /// Deliveries of an event to a trigger after its first: at least once is not at most once.
    pub(super) repeated: usize,
}

impl Event {
    /// Its `source`: the publisher's.
    pub(super) fn source(self) -> String {
        format!("/publisher/{}", self.key)
    }

    /// Its `id`.
    pub(super) fn id(self) -> String {
        format!("{}-{}", self.key, self.number)
    }

    /// The event that has this id.
    pub(super) fn from_id(id: &str) -> Option<Self> {
        let (key, number) = id.split_once('-')?;
        Some(Self {
            key: key.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl Findings {
    /// The lists by name.
    pub(super) fn lists(&self) -> [(&'static str, &[String]); 6] {
        [
            ("lost", &self.lost),
            ("stored twice", &self.stored_twice),
            ("altered", &self.altered),
            ("invented", &self.invented),
            ("inversions", &self.inversions),
            ("undelivered", &self.undelivered),
        ]
    }

    /// The first of each list, or nothing.
    pub(super) fn complaint(&self) -> Option<String> {
        let lists = self.lists();
        let bad = lists.iter().filter(|(_, list)| !list.is_empty());
        let texts: Vec<String> = bad
            .map(|(name, list)| format!("{name} {}: {}", list.len(), list[0]))
            .collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

/// Judges a run.
pub(super) fn check(observed: &Observed) -> (Findings, Counts) {
    let mut findings = Findings::default();
    let stored = stored(observed, &mut findings);
    for (event, sent) in &observed.sent {
        if sent.acknowledged && !stored.contains(event) {
            findings.lost.push(format!("event {}", event.id()));
        }
    }
    let mut counts = Counts {
        acknowledged: observed
            .sent
            .values()
            .filter(|sent| sent.acknowledged)
            .count(),
        stored: observed.stored.len(),
        ..Counts::default()
    };
    for (trigger, receipts) in &observed.received {
        counts.deliveries += receipts.len();
        counts.repeated += delivered(observed, trigger, receipts, &stored, &mut findings);
    }
    (findings, counts)
}

/// Holds the rows against what was sent.
fn stored(observed: &Observed, findings: &mut Findings) -> HashSet<Event> {
    let mut seen = HashSet::new();
    let mut last: HashMap<u32, u64> = HashMap::new();
    for (index, row) in observed.stored.iter().enumerate() {
        let place = format!("row {} with id `{}` of `{}`", index + 1, row.id, row.source);
        let event = Event::from_id(&row.id).filter(|event| event.source() == row.source);
        let sent = event.and_then(|event| Some((event, observed.sent.get(&event)?)));
        let Some((event, sent)) = sent else {
            findings.invented.push(place);
            continue;
        };
        if sent.body != row.body {
            findings.altered.push(place.clone());
        }
        if !seen.insert(event) {
            findings.stored_twice.push(place);
            continue;
        }
        if last
            .insert(event.key, event.number)
            .is_some_and(|last| last > event.number)
        {
            findings.inversions.push(place);
        }
    }
    seen
}

/// Holds what a trigger delivered against what was sent and stored; the number of repeated deliveries.
fn delivered(
    observed: &Observed,
    trigger: &str,
    receipts: &[Receipt],
    stored: &HashSet<Event>,
    findings: &mut Findings,
) -> usize {
    let mut seen = HashSet::new();
    let mut accepted = HashSet::new();
    let mut highest: HashMap<u32, u64> = HashMap::new();
    for (index, receipt) in receipts.iter().enumerate() {
        let event = receipt.event;
        let place = format!("delivery {} of {} to `{trigger}`", index + 1, event.id());
        match observed.sent.get(&event) {
            None => findings.invented.push(place.clone()),
            Some(sent) if sent.body != receipt.body => findings.altered.push(place.clone()),
            Some(_) => {}
        }
        if receipt.accepted {
            accepted.insert(event);
        }
        if !seen.insert(event) {
            continue;
        }
        let highest = highest.entry(event.key).or_default();
        if *highest > event.number {
            findings
                .inversions
                .push(format!("{place}, first after {highest}"));
        }
        *highest = (*highest).max(event.number);
    }
    for event in stored.difference(&accepted) {
        findings
            .undelivered
            .push(format!("event {} to `{trigger}`", event.id()));
    }
    receipts.len() - seen.len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Counts, Event, Findings, Observed, Receipt, Row, Sent, check};

    const KEYS: u32 = 5;
    const NUMBERS: u64 = 20;

    fn body(event: Event) -> Arc<[u8]> {
        format!("body of {}", event.id()).into_bytes().into()
    }

    /// A run without a fault; each event is delivered to both triggers, every seventh twice.
    fn sound() -> Observed {
        let mut observed = Observed::default();
        for number in 1..=NUMBERS {
            for key in 0..KEYS {
                let event = Event { key, number };
                let sent = Sent {
                    body: body(event),
                    acknowledged: true,
                };
                observed.sent.insert(event, sent);
                observed.stored.push(Row {
                    source: event.source(),
                    id: event.id(),
                    body: body(event),
                });
                for trigger in ["a", "b"] {
                    let receipts = observed.received.entry(trigger).or_default();
                    let receipt = Receipt {
                        event,
                        body: body(event),
                        accepted: true,
                    };
                    if number % 7 == 0 {
                        receipts.push(Receipt {
                            accepted: false,
                            ..receipt.clone()
                        });
                    }
                    receipts.push(receipt);
                }
            }
        }
        observed
    }

    fn change(body: &mut Arc<[u8]>) {
        let mut bytes = body.to_vec();
        bytes[3] ^= 1;
        *body = bytes.into();
    }

    fn receipts(observed: &mut Observed) -> &mut Vec<Receipt> {
        observed.received.get_mut("b").expect("a trigger")
    }

    #[test]
    fn a_sound_run_has_no_findings() {
        let (findings, counts) = check(&sound());
        assert_eq!(findings, Findings::default());
        assert_eq!(findings.complaint(), None);
        let expected = Counts {
            acknowledged: 100,
            stored: 100,
            deliveries: 220,
            repeated: 20,
        };
        assert_eq!(counts, expected);
    }

    #[test]
    fn what_was_never_acknowledged_may_be_missing() {
        let mut observed = sound();
        let event = Event {
            key: 0,
            number: NUMBERS + 1,
        };
        observed.sent.insert(
            event,
            Sent {
                body: body(event),
                acknowledged: false,
            },
        );
        assert_eq!(check(&observed).0, Findings::default());
    }

    /// A fault, and the list that it must stand in.
    type Fault = (&'static str, &'static str, fn(&mut Observed));

    const FAULTS: &[Fault] = &[
        ("a row is gone", "lost", |observed| {
            drop(observed.stored.remove(37));
        }),
        ("the last row is gone", "lost", |observed| {
            drop(observed.stored.pop());
        }),
        ("all rows are gone", "lost", |observed| {
            observed.stored.clear();
        }),
        ("a row is there again", "stored twice", |observed| {
            let row = observed.stored[12].clone();
            observed.stored.push(row);
        }),
        ("a row has another byte", "altered", |observed| {
            change(&mut observed.stored[50].body);
        }),
        ("a row is cut", "altered", |observed| {
            observed.stored[50].body = observed.stored[50].body[1..].into();
        }),
        ("a row that nobody sent", "invented", |observed| {
            observed.stored[9].id = "4-999".to_owned();
        }),
        ("a row of another source", "invented", |observed| {
            observed.stored[9].source = "/publisher/77".to_owned();
        }),
        (
            "two rows of a key change places",
            "inversions",
            |observed| observed.stored.swap(10, 15),
        ),
        (
            "two first deliveries of a key change places",
            "inversions",
            |observed| {
                receipts(observed).swap(0, 5);
            },
        ),
        (
            "a delivery is gone and comes late",
            "inversions",
            |observed| {
                let receipt = receipts(observed).remove(2);
                receipts(observed).push(receipt);
            },
        ),
        ("a delivery is gone", "undelivered", |observed| {
            drop(receipts(observed).remove(20));
        }),
        ("a trigger gets nothing", "undelivered", |observed| {
            receipts(observed).clear();
        }),
        ("nobody accepts a delivery", "undelivered", |observed| {
            receipts(observed)[4].accepted = false;
        }),
        ("a delivery has another byte", "altered", |observed| {
            change(&mut receipts(observed)[8].body);
        }),
        ("a delivery that nobody sent", "invented", |observed| {
            let event = Event {
                key: 3,
                number: 1000,
            };
            let receipt = Receipt {
                event,
                body: body(event),
                accepted: true,
            };
            receipts(observed).push(receipt);
        }),
    ];

    #[test]
    fn each_seeded_fault_is_found() {
        for (what, list, seed) in FAULTS {
            let mut observed = sound();
            seed(&mut observed);
            let (findings, _) = check(&observed);
            let found = findings
                .lists()
                .iter()
                .any(|(name, found)| name == list && !found.is_empty());
            assert!(found, "{what}: not in `{list}`: {findings:?}");
            let complaint = findings.complaint().expect("a complaint");
            assert!(complaint.contains(list), "{what}: {complaint}");
        }
    }

    /// Keys have no order among each other.
    #[test]
    fn other_keys_may_change_places() {
        let mut observed = sound();
        observed.stored.swap(10, 11);
        receipts(&mut observed).swap(0, 1);
        assert_eq!(check(&observed).0, Findings::default());
    }

    #[test]
    fn ids_name_their_event() {
        let event = Event { key: 7, number: 12 };
        assert_eq!(Event::from_id(&event.id()), Some(event));
        for id in ["", "7", "7-", "-12", "x-1", "1-x"] {
            assert_eq!(Event::from_id(id), None, "{id}");
        }
    }
}
