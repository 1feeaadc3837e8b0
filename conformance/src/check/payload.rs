//! What becomes of the digits of a decimal: PAY-11.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::full;
use crate::stimulus::data_of;

/// Members of an execution that repeat a member of the order.
const ECHOED: [(&str, &str); 1] = [("OrderQuantity", "Quantity")];

/// Nearer than this, relative to the value, two decimals are one that went through a binary fraction.
const ARTEFACT: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// What is no payload at all lacks more than that, and is told so by the schema.
pub(super) fn full_fields(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::of(evidence.emissions.len());
    for one in evidence.emissions {
        let missing = one.verdict.payload.as_ref().map(full::missing);
        for name in missing.unwrap_or_default() {
            outcome.fail(one.violation(format!(
                "`{name}` is missing at /data: the full set of fields has it"
            )));
        }
    }
    outcome
}

pub(super) fn decimals_echoed(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in evidence.emissions {
        let Some(event) = evidence.cause(one).and_then(|cause| cause.event.as_ref()) else {
            continue;
        };
        let given = data_of(event);
        for (name, origin) in ECHOED {
            let (Some(found), Some(sent)) = (one.member(name), given.get(origin)) else {
                continue;
            };
            outcome.judged += 1;
            if sent.as_str() != Some(found) {
                outcome.fail(one.violation(format!(
                    "`{name}` is `{found}`, the order's `{origin}` is {sent}: copy the text"
                )));
            }
        }
        for text in decimals(&one.loose.data) {
            outcome.judged += 1;
            for origin in decimals(&given) {
                if let Some(violation) = artefact(one, &text, &origin) {
                    outcome.fail(one.violation(violation));
                }
            }
        }
    }
    outcome
}

fn artefact(_: &Emission, found: &str, sent: &str) -> Option<String> {
    let (one, other): (Decimal, Decimal) = (found.parse().ok()?, sent.parse().ok()?);
    if one == other || other.is_zero() {
        return None;
    }
    let share = one.checked_sub(other)?.abs().checked_div(other.abs())?;
    (share < ARTEFACT)
        .then(|| format!("`{found}` stands where `{sent}` was sent: digits of a binary fraction"))
}

/// The decimals of a payload: texts and numbers that read as one, and have a fraction.
fn decimals(data: &Value) -> Vec<String> {
    match data {
        Value::String(text) if text.contains('.') && text.parse::<Decimal>().is_ok() => {
            vec![text.clone()]
        }
        Value::Number(number) => vec![number.to_string()],
        Value::Object(members) => members.values().flat_map(decimals).collect(),
        Value::Array(items) => items.iter().flat_map(decimals).collect(),
        Value::String(_) | Value::Bool(_) | Value::Null => Vec::new(),
    }
}
