//! Four judges of one payload: the generated decoder, and the `jsonschema` crate in two forms, in both views.

use std::fmt;

use ingenium_types::{EventType, Payload, Reader, Rule, View};
use serde_json::Value;

use crate::judges::{compiled, interpreted};

/// What the judges say about one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// All accept.
    Accepted,
    /// All refuse.
    Refused,
    /// The decoder refuses bytes by a rule that JSON Schema cannot see, because a parser has removed the evidence.
    Invisible(Rule),
    /// The decoder passes over a number that `serde_json` cannot hold, in a member that the reader view ignores.
    BeyondF64,
}

/// How often the judges said what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Inputs that all accept.
    pub accepted: u64,
    /// Inputs that all refuse.
    pub refused: u64,
    /// Inputs whose bytes say what a parsed value does not.
    pub explained: u64,
}

impl Tally {
    /// Counts one input.
    pub const fn add(&mut self, agreement: Agreement) {
        match agreement {
            Agreement::Accepted => self.accepted += 1,
            Agreement::Refused => self.refused += 1,
            Agreement::Invisible(_) | Agreement::BeyondF64 => self.explained += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} accepted by all, {} refused by all, {} explained by their bytes",
            self.accepted, self.refused, self.explained
        )
    }
}

/// Rules about bytes that leave no trace in a parsed value: `serde_json` keeps the last of two members, and the other
/// two are limits of this contract.
const INVISIBLE: [Rule; 3] = [Rule::JsonDuplicateKey, Rule::JsonDepth, Rule::JsonMembers];

/// Puts one payload before all judges.
///
/// # Errors
/// The disagreement, in words, with the input.
pub fn agree(event_type: EventType, view: View, bytes: &[u8]) -> Result<Agreement, String> {
    let decoded = Payload::decode(event_type, bytes, view);
    let parsed = serde_json::from_slice::<Value>(bytes);
    let schemas = parsed.as_ref().map(|value| {
        [
            interpreted(event_type, view, value),
            compiled(event_type, view, value),
        ]
    });
    match (&decoded, &schemas) {
        (Ok(payload), Ok([true, true])) => {
            stays(event_type, payload)?;
            Ok(Agreement::Accepted)
        }
        (Err(_), Ok([false, false]) | Err(_)) => Ok(Agreement::Refused),
        (Err(_), Ok([true, true])) if let Some(rule) = invisible(bytes) => {
            Ok(Agreement::Invisible(rule))
        }
        (Ok(_), Err(error)) if error.to_string().contains("out of range") => {
            Ok(Agreement::BeyondF64)
        }
        _ => Err(format!(
            "{event_type} ({view:?}): the decoder says {}, the schema {schemas:?}: {}",
            decoded.map_or_else(|refusal| refusal.to_string(), |_| "yes".to_owned()),
            String::from_utf8_lossy(bytes),
        )),
    }
}

/// The rule about bytes that they break somewhere, be it behind what the decoder has stumbled over.
fn invisible(bytes: &[u8]) -> Option<Rule> {
    let refusal = Reader::new(bytes, View::Reader).skip().err()?;
    INVISIBLE.contains(&refusal.rule).then_some(refusal.rule)
}

/// What was accepted is written and read again as the same value.
fn stays(event_type: EventType, payload: &Payload) -> Result<(), String> {
    let bytes = payload.encode();
    match Payload::decode(event_type, &bytes, View::Reader) {
        Ok(again) if again == *payload && again.encode() == bytes => Ok(()),
        other => Err(format!(
            "{event_type}: written as {} and read as {other:?}",
            String::from_utf8_lossy(&bytes)
        )),
    }
}

/// Any bytes as a payload: the first byte chooses the event type and the view.
///
/// # Panics
/// When the judges disagree.
pub fn decoders(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else {
        return;
    };
    let event_type = EventType::ALL[usize::from(choice >> 1) % EventType::ALL.len()];
    let view = if choice & 1 == 0 {
        View::Strict
    } else {
        View::Reader
    };
    if let Err(disagreement) = agree(event_type, view, bytes) {
        panic!("{disagreement}");
    }
}
