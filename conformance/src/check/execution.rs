//! What an executor promises: EXE.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Evidence, Outcome};
use crate::emission::Emission;
use crate::life::{Life, Told, is_answer};
use crate::scene::Scene;
use crate::stimulus::data_of;

fn decimal(one: &Emission, name: &str) -> Option<Decimal> {
    one.member(name)?.parse().ok()
}

/// The life of each order: its executions in order, each once, without answers to other events.
fn lives<'a>(evidence: &Evidence<'a>) -> BTreeMap<(usize, String), Vec<&'a Emission>> {
    let mut lives: BTreeMap<_, Vec<&Emission>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for one in evidence
        .emissions
        .iter()
        .filter(|one| one.kind() == "execution")
    {
        if one
            .identity()
            .is_some_and(|identity| !seen.insert((one.instance, identity)))
        {
            continue;
        }
        let answer = is_answer(one.member("ExecType"), one.member("RejectReason"));
        if let (Some(order), false) = (one.member("OrderId"), answer) {
            lives
                .entry((one.instance, order.to_owned()))
                .or_default()
                .push(one);
        }
    }
    lives
}

/// What an execution says about its order.
fn told(one: &Emission) -> Told<'_> {
    Told {
        execution_id: one.member("ExecutionId").unwrap_or_default(),
        reference: one.member("ReferenceExecutionId"),
        exec_type: one.member("ExecType").unwrap_or_default(),
        status: one.member("Status").unwrap_or_default(),
        ordered: decimal(one, "OrderQuantity"),
        cumulative: decimal(one, "CumulativeQuantity"),
        leaves: decimal(one, "LeavesQuantity"),
        last_quantity: decimal(one, "LastQuantity"),
        reconciled: one.loose.data.get("Reconciled") == Some(&serde_json::Value::Bool(true)),
    }
}

pub(super) fn fills_add_up(evidence: &Evidence<'_>) -> Outcome {
    each_life(evidence, |life, told| life.add_up(told))
}

pub(super) fn status_moves(evidence: &Evidence<'_>) -> Outcome {
    each_life(evidence, |life, told| {
        life.move_on(told).into_iter().collect()
    })
}

fn each_life(
    evidence: &Evidence<'_>,
    mut wrong: impl FnMut(&mut Life, &Told<'_>) -> Vec<String>,
) -> Outcome {
    let mut outcome = Outcome::default();
    for executions in lives(evidence).values() {
        let mut life = Life::default();
        for one in executions {
            outcome.judged += 1;
            for problem in wrong(&mut life, &told(one)) {
                outcome.fail(one.violation(problem));
            }
        }
    }
    outcome
}

pub(super) fn terminal(letter: &str, scene: &Scene, evidence: &Evidence<'_>) -> Outcome {
    let Some(symbol) = scene.symbol(letter) else {
        return Outcome::default();
    };
    let about = evidence.about(scene.instance, symbol);
    let mut outcome = Outcome::of(about.len());
    if let Some(last) = about.last()
        && !matches!(
            last.member("Status"),
            Some("FILLED" | "CANCELED" | "EXPIRED" | "REJECTED")
        )
        && !waits_for_session(evidence, last)
    {
        outcome.fail(last.violation("this is the last word about the order, and it is still open"));
    }
    outcome
}

/// Whether the order of an execution may still be open: a live run lasts seconds, and no session opens or closes in it.
fn waits_for_session(evidence: &Evidence<'_>, one: &Emission) -> bool {
    let order = order_of(evidence, one).unwrap_or_default();
    let time_in_force = order.get("TimeInForce").and_then(|value| value.as_str());
    evidence.stimuli.is_live() && matches!(time_in_force, Some("OPG" | "CLS"))
}

/// The payload of the order that an execution is about, as it was sent.
fn order_of(evidence: &Evidence<'_>, one: &Emission) -> Option<serde_json::Value> {
    let wanted = one.member("OrderId")?;
    let data = evidence
        .cause(one)
        .and_then(|cause| cause.event.as_ref())
        .map(|event| data_of(event));
    if let Some(data) = data
        && data.get("OrderId").and_then(|id| id.as_str()) == Some(wanted)
        && data.get("Type").is_some()
    {
        return Some(data);
    }
    evidence.deliveries.iter().find_map(|sent| {
        let event = sent.event.as_ref()?;
        if !event.type_.ends_with(".order") || event.subject != one.symbol() {
            return None;
        }
        let data = data_of(event);
        (data.get("OrderId")?.as_str()? == wanted).then_some(data)
    })
}

fn trades<'a>(
    evidence: &'a Evidence<'_>,
) -> impl Iterator<Item = (&'a Emission, serde_json::Value)> + 'a {
    evidence
        .emissions
        .iter()
        .filter(|one| one.kind() == "execution")
        .filter_map(|one| Some((one, order_of(evidence, one)?)))
}

pub(super) fn limit_kept(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (one, order) in trades(evidence) {
        let limit = order
            .get("LimitPrice")
            .and_then(|price| price.as_str()?.parse::<Decimal>().ok());
        let (Some(limit), Some(last)) = (limit, decimal(one, "LastPrice")) else {
            continue;
        };
        outcome.judged += 1;
        let buys = order.get("Side").and_then(|side| side.as_str()) == Some("BUY");
        if (buys && last > limit) || (!buys && last < limit) {
            outcome.fail(one.violation(format!("filled at {last}, the limit is {limit}")));
        }
    }
    outcome
}

pub(super) fn side_and_symbol(evidence: &Evidence<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut orders: HashMap<String, Value> = HashMap::new();
    let sent = evidence
        .deliveries
        .iter()
        .filter_map(|sent| sent.event.as_ref());
    for event in sent.filter(|event| event.type_.ends_with(".order")) {
        let data = data_of(event);
        if let Some(id) = data.get("OrderId").and_then(Value::as_str) {
            let id = id.to_owned();
            orders.entry(id).or_insert(data);
        }
    }
    for one in evidence
        .emissions
        .iter()
        .filter(|one| one.kind() == "execution")
    {
        let Some(wanted) = one.member("OrderId") else {
            continue;
        };
        outcome.judged += 1;
        let Some(order) = orders.get(wanted) else {
            continue; // an order that stated no id of its own
        };
        for name in ["Symbol", "Side"] {
            let (found, sent) = (one.loose.data.get(name), order.get(name));
            if found != sent {
                let words = |value: Option<&Value>| {
                    value.map_or_else(|| "missing".to_owned(), ToString::to_string)
                };
                outcome.fail(one.violation(format!(
                    "`{name}` is {}, the order's is {}",
                    words(found),
                    words(sent)
                )));
            }
        }
    }
    outcome
}
