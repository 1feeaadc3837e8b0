//! What a portfolio promises: POR, and PAY-07.

use rust_decimal::Decimal;

use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::scene::Scene;
use crate::stimulus::PRICE;

fn decimal(one: &Emission, name: &str) -> Option<Decimal> {
    one.member(name)?.parse().ok()
}

fn orders<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Emission> {
    evidence
        .emissions
        .iter()
        .filter(|one| one.kind() == "order")
}

pub(super) fn sane(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for one in orders(evidence) {
        outcome.judged += 1;
        if decimal(one, "Quantity").is_none_or(|quantity| quantity <= Decimal::ZERO) {
            outcome.fail(one.violation("`Quantity` is not a decimal above 0"));
        }
        if one.member("Type") == Some("LIMIT") && decimal(one, "LimitPrice").is_none() {
            outcome.fail(one.violation("a LIMIT order has no `LimitPrice`"));
        }
    }
    outcome
}

pub(super) fn within_cash(scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let price: Decimal = PRICE.parse().expect("the price is a decimal");
    let mut cost = Decimal::ZERO;
    for line in scene.lines.values() {
        for one in evidence.about(scene.instance, &line.symbol) {
            if one.kind() != "order" || one.member("Side") != Some("BUY") {
                continue;
            }
            outcome.judged += 1;
            let most = most_a_piece(one, price);
            let Some(asked) = decimal(one, "Quantity").and_then(|q| q.checked_mul(most)) else {
                outcome.fail(one.violation("`Quantity` times the price is no decimal"));
                continue;
            };
            // The executor keeps the cap, so that is what the order can cost.
            let most = decimal(one, "MaxNotional").map_or(asked, |cap| cap.min(asked));
            cost = cost.checked_add(most).unwrap_or(Decimal::MAX);
            if cost > evidence.cash {
                outcome.fail(one.violation(format!(
                    "open orders cost {cost} at a price of {price} or a limit above it, the cash is {}",
                    evidence.cash
                )));
                return outcome;
            }
        }
    }
    outcome
}

/// What one piece of a BUY may cost: the price, or the limit when that is higher.
fn most_a_piece(one: &Emission, price: Decimal) -> Decimal {
    match (one.member("Type"), decimal(one, "LimitPrice")) {
        (Some("LIMIT" | "STOP_LIMIT"), Some(limit)) => limit.max(price),
        _ => price,
    }
}
