//! The order of what a source says: `sequence`.

use std::collections::{HashMap, HashSet};

use super::{Evidence, Outcome};
use crate::emission::{Emission, Via};

/// Each event counts once, when it first came: a retry and a reply that is repeated have their place already. What was
/// made while others were under way may arrive before them, so it only has to follow what had arrived when it began.
pub(super) fn increasing(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut came = HashSet::new();
    let mut all: HashMap<_, Sequences> = HashMap::new();
    for one in evidence.emissions {
        let (Some(sequence), Some(identity)) = (one.attribute("sequence"), one.identity()) else {
            continue;
        };
        let source = identity.0.clone();
        if !came.insert((one.instance, identity)) {
            continue;
        }
        outcome.judged += 1;
        // What is kept over a restart is only asked of those who claim to keep it.
        let process = one.process * usize::from(!evidence.is_durable);
        let event_type = one.attribute("type").unwrap_or_default();
        let series = all
            .entry((one.instance, process, source, event_type))
            .or_default();
        if let Some(before) = series.not_below(&sequence, began(one, evidence)) {
            outcome.fail(one.violation(format!(
                "`sequence` is `{sequence}`, the one before was `{before}`"
            )));
        }
        series.add(one.number, sequence);
    }
    outcome
}

/// How many emissions had arrived when this one may have been made: for a reply, when what it answers was sent.
fn began(one: &Emission, evidence: &Evidence<'_>) -> usize {
    let answered = match one.via {
        Via::Reply(number) => evidence.deliveries.get(number),
        Via::Sink => None,
    };
    answered.map_or(one.number, |sent| sent.after)
}

/// The sequence numbers of one source and type.
#[derive(Debug, Default)]
struct Sequences {
    all: HashSet<String>,
    /// After each emission the highest so far.
    highest: Vec<(usize, String)>,
}

impl Sequences {
    /// A number that is not below this one and had arrived by then; its equal, whenever that came.
    fn not_below(&self, sequence: &str, by: usize) -> Option<&str> {
        if let Some(equal) = self.all.get(sequence) {
            return Some(equal);
        }
        let arrived = self.highest.partition_point(|(number, _)| *number < by);
        let (_, before) = self.highest.get(arrived.checked_sub(1)?)?;
        (before.as_str() > sequence).then_some(before)
    }

    fn add(&mut self, number: usize, sequence: String) {
        let is_highest = self.highest.last().is_none_or(|(_, last)| *last < sequence);
        if is_highest {
            self.highest.push((number, sequence.clone()));
        }
        self.all.insert(sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emission::Message;
    use crate::journal::Delivery;
    use crate::role::Role;
    use crate::stimulus::Stimuli;

    fn signal(number: usize, id: &str, sequence: &str, via: Via) -> Emission {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let message = Message {
            method: "POST".to_owned(),
            path: String::new(),
            query: None,
            headers: vec![
                header("ce-specversion", "1.0"),
                header("ce-id", id),
                header("ce-source", "/ingenium/strategy/x"),
                header("ce-type", "ingenium.strategy.signal"),
                header("ce-sequence", sequence),
            ],
            head: bytes::Bytes::new(),
            body: bytes::Bytes::new(),
        };
        Emission {
            number,
            via,
            ..Emission::judge(message)
        }
    }

    /// Something that was sent when so many emissions had arrived.
    fn sent(number: usize, after: usize) -> Delivery {
        Delivery {
            number,
            instance: 0,
            case: "ENV-15".into(),
            event: None,
            about: String::new(),
            at: std::time::Duration::ZERO,
            after,
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            answer: None,
            took: std::time::Duration::ZERO,
            attempts: 1,
        }
    }

    #[track_caller]
    fn check(emissions: &[Emission], deliveries: &[Delivery], is_durable: bool, failures: usize) {
        let stimuli = Stimuli::recorded("T");
        let started = ingenium_runtime::clock::now();
        let evidence = Evidence {
            emissions,
            deliveries,
            is_durable,
            ..Evidence::of_one(Role::Strategy, &stimuli, &emissions[0], started)
        };
        let outcome = increasing(&evidence);
        assert_eq!(outcome.failures.len(), failures, "{outcome:#?}");
    }

    fn of(all: [(&str, &str); 3]) -> Vec<Emission> {
        let all = all.iter().enumerate();
        all.map(|(number, (id, sequence))| signal(number, id, sequence, Via::Sink))
            .collect()
    }

    #[test]
    fn a_sequence_grows_from_event_to_event() {
        check(&of([("a", "1"), ("b", "2"), ("c", "3")]), &[], false, 0);
        check(&of([("a", "1"), ("b", "3"), ("c", "2")]), &[], false, 1);
        check(&of([("a", "7"), ("b", "7"), ("c", "8")]), &[], false, 1);
        // Refused, then another, then again.
        check(&of([("a", "1"), ("b", "2"), ("a", "1")]), &[], false, 0);
    }

    #[test]
    fn replies_that_are_made_at_once_may_overtake_each_other() {
        let replied = |number, id, sequence| signal(number, id, sequence, Via::Reply(number));
        let emissions = [replied(0, "a", "2"), replied(1, "b", "1")];
        check(&emissions, &[sent(0, 0), sent(1, 0)], false, 0);
        check(&emissions, &[sent(0, 0), sent(1, 1)], false, 1);
        let twins = [replied(0, "a", "1"), replied(1, "b", "1")];
        check(&twins, &[sent(0, 0), sent(1, 0)], false, 1);
    }

    #[test]
    fn a_restart_is_survived_by_what_is_durable() {
        let again = Emission {
            process: 2,
            ..signal(1, "b", "1", Via::Sink)
        };
        let emissions = [signal(0, "a", "5", Via::Sink), again];
        check(&emissions, &[], false, 0);
        check(&emissions, &[], true, 1);
    }
}
