//! A table of edits, each with the verdict that it must get in both directions, and in reverse.

use std::fmt::Write as _;

use ingenium_codegen::compat::{CHANGES, Comparison, Contract, Direction, Verdict, compare};
use serde_json::Value;

use crate::tree::Tree;

#[path = "compat/table.rs"]
mod table;

/// An edit of the real schemas.
struct Edit {
    name: &'static str,
    /// What it is about: an event type without its prefix, or `envelope`.
    subject: &'static str,
    /// Prepares both contracts: the schemas do not have everything that can be edited.
    base: Option<fn(&mut Tree)>,
    edit: fn(&mut Tree),
    /// A change that must be named.
    named: Option<&'static str>,
    backward: Expected,
    forward: Expected,
    /// Where the way back is not the mirror image.
    reversed: Option<(Expected, Expected)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Compatible,
    Breaking,
    Moved,
}

use Expected::{Breaking, Compatible, Moved};

fn edit(
    name: &'static str,
    subject: &'static str,
    verdicts: (Expected, Expected),
    named: &'static str,
    edit: fn(&mut Tree),
) -> Edit {
    Edit {
        name,
        subject,
        base: None,
        edit,
        named: (!named.is_empty()).then_some(named),
        backward: verdicts.0,
        forward: verdicts.1,
        reversed: None,
    }
}

fn contract(name: &str, tree: &Tree) -> Contract {
    Contract::authored(tree.tree()).unwrap_or_else(|errors| panic!("{name}: {errors}"))
}

/// Whether the verdict is the expected one; nothing where it is open.
fn is_right(verdict: &Verdict, expected: Expected) -> Option<bool> {
    Some(match verdict {
        Verdict::Unknown(_) => return None,
        Verdict::Compatible => expected == Compatible,
        Verdict::Breaking(_) => expected == Breaking,
        Verdict::Moved(_) => expected == Moved,
    })
}

fn of<'a>(all: &'a [Comparison], subject: &str) -> &'a Comparison {
    let found = all
        .iter()
        .find(|one| one.subject == subject || one.subject == format!("ingenium.{subject}"));
    found.unwrap_or_else(|| panic!("{subject} is compared"))
}

/// An event that refutes is valid for its producer and not for the consumer.
fn refutes(event: &Value, producer: &Contract, consumer: &Contract, subject: &str) -> bool {
    let find = |contract: &Contract| contract.event(&format!("ingenium.{subject}")).cloned();
    let (Some(producer), Some(consumer)) = (find(producer), find(consumer)) else {
        return true; // the envelope's bundles are not public
    };
    let judge = |schema: &Value| jsonschema::validator_for(schema).unwrap();
    judge(&producer.strict).is_valid(event) && !judge(&consumer.reader).is_valid(event)
}

#[test]
fn every_edit_gets_its_verdict() {
    let edits = table::edits();
    let authored = contract("authored", &Tree::new());
    assert!(edits.len() >= 40);
    let (mut right, mut unknown, mut wrong) = (0, String::new(), String::new());
    for one in &edits {
        let mut after = Tree::new();
        let prepared = one.base.map(|base| {
            base(&mut after);
            contract(one.name, &after)
        });
        (one.edit)(&mut after);
        let old = prepared.as_ref().unwrap_or(&authored);
        let new = &contract(one.name, &after);
        let back = one.reversed.unwrap_or((one.forward, one.backward));
        for (way, old, new, backward, forward) in [
            ("", old, new, one.backward, one.forward),
            (" in reverse", new, old, back.0, back.1),
        ] {
            let all = compare(old, new);
            let found = of(&all, one.subject);
            for (direction, expected) in [
                (Direction::Backward, backward),
                (Direction::Forward, forward),
            ] {
                let verdict = found.verdict(direction);
                if let Verdict::Breaking(event) = verdict {
                    let (producer, consumer) = match direction {
                        Direction::Backward => (old, new),
                        Direction::Forward => (new, old),
                    };
                    assert!(refutes(event, producer, consumer, one.subject), "{event}");
                }
                let line = format!("{}{way}, {}: {verdict:?}\n", one.name, direction.name());
                match is_right(verdict, expected) {
                    Some(true) => right += 1,
                    Some(false) => wrong += &line,
                    None => unknown += &line,
                }
            }
            let named = |id: &str| found.changes.iter().any(|change| change.kind.id() == id);
            if let (Some(id), "") = (one.named, way)
                && !named(id)
            {
                let _ = writeln!(wrong, "{}: no {id} in {:?}", one.name, found.changes);
            }
        }
    }
    let open = unknown.lines().count();
    println!(
        "{} edits, {right} verdicts right, {open} UNKNOWN, {} wrong",
        edits.len(),
        wrong.lines().count()
    );
    assert!(wrong.is_empty(), "\n{wrong}\nunknown:\n{unknown}");
    assert!(
        open * 10 <= right + open,
        "more than a tenth is open:\n{unknown}"
    );
}

/// What no edit touches has no change and two proofs.
#[test]
fn what_is_not_touched_is_compatible() {
    let contract = contract("authored", &Tree::new());
    let all = compare(&contract, &contract);
    assert_eq!(all.len(), 6);
    for one in all {
        assert_eq!(one.changes, [], "{}", one.subject);
        assert_eq!(one.backward, Verdict::Compatible, "{}", one.subject);
        assert_eq!(one.forward, Verdict::Compatible, "{}", one.subject);
    }
}

#[test]
fn every_kind_of_change_is_in_the_table() {
    let edits = table::edits();
    for kind in CHANGES {
        let named = edits.iter().any(|edit| edit.named == Some(kind.id()));
        assert!(named, "no edit is named {kind}");
    }
}
