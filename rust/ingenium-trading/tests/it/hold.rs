//! The hold rule: how fast executions come back does not change what is decided.

use std::collections::VecDeque;

use ingenium_trading::portfolio::{MOST_HELD, Outcome, Portfolio, decisions};
use ingenium_trading::sizing::Sizing;
use ingenium_trading::{Disposition, Emission};
use ingenium_types::event::{
    ExecutionEvent, ExecutionType, OrderSide, OrderStatus, SignalDirection,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::scene::{Scene, number, order, second, second_of};
use crate::venue::{Ticket, outcome, portfolio, tick, wish};

fn scene() -> Scene<Portfolio> {
    let mut scene = Scene::new(portfolio(Sizing::FixedQuantity(number("10"))));
    for symbol in ["A", "B"] {
        scene.give_as(
            &format!("bar-{symbol}"),
            tick(symbol, 0, number("10")),
            second(0),
        );
    }
    scene
}

fn filled(order: &Ticket, at: i64) -> ExecutionEvent {
    let deal = (order.quantity, number("10"), Decimal::ZERO);
    order.fill(&format!("fill-{}", order.id), deal, order.quantity, at)
}

#[test]
fn a_later_signal_waits_for_the_order_before_it() {
    let mut scene = scene();
    let long = scene.give_as("s1", wish("A", SignalDirection::Long, 1), second(1));
    let buy = Ticket::of(&order(&long.1[0]));
    for (id, direction, at) in [
        ("s3", SignalDirection::Long, 3),
        ("s2", SignalDirection::Short, 2),
    ] {
        let given = scene.give_as(id, wish("A", direction, at), second(at));
        assert_eq!(given, (Disposition::Applied, vec![]), "{id} waits");
    }
    let other = scene.give_as("s4", wish("B", SignalDirection::Long, 4), second(4));
    assert_eq!(outcome(other), "BUY 10", "another symbol does not wait");

    let (_, emitted) = scene.give_as("x1", filled(&buy, 1), second(9));
    let sell = order(&emitted[0]);
    assert_eq!(
        (sell.side, sell.timestamp),
        (OrderSide::Sell, Some(second(2)))
    );
    assert_eq!(emitted.len(), 1, "the LONG waits for the SELL now");
    assert_eq!(emitted[0].time, second(9), "not before what released it");
    let cause = &emitted[0].cause;
    assert_eq!(
        (cause.id.as_str(), cause.correlation.as_str()),
        ("s2", "s2")
    );

    let (_, emitted) = scene.give_as("x2", filled(&Ticket::of(&sell), 2), second(9));
    let again = order(&emitted[0]);
    assert_eq!(
        (again.side, again.timestamp),
        (OrderSide::Buy, Some(second(3)))
    );
    assert!(scene.states.range("held/", "held/").next().is_none());
}

#[test]
fn a_signal_of_the_same_time_is_decided_at_once_and_alike() {
    let same = || wish("A", SignalDirection::Short, 1);
    for fill_first in [false, true] {
        let mut scene = scene();
        let long = scene.give_as("s1", wish("A", SignalDirection::Long, 1), second(1));
        let buy = Ticket::of(&order(&long.1[0]));
        if fill_first {
            scene.give_as("x1", filled(&buy, 1), second(1));
        }
        let again = scene.give_as("s2", wish("A", SignalDirection::Long, 1), second(1));
        assert_eq!(outcome(again), "buy_already_open", "{fill_first}");
        let short = scene.give_as("s3", same(), second(1));
        assert_eq!(outcome(short), "nothing_to_sell", "{fill_first}");
    }
}

#[test]
fn a_held_signal_expires_while_it_waits() {
    let mut scene = scene();
    let long = scene.give_as("s1", wish("A", SignalDirection::Long, 1), second(1));
    let buy = Ticket::of(&order(&long.1[0]));
    let mut short = wish("A", SignalDirection::Short, 2);
    short.expires_at = Some(second(3));
    scene.give_as("s2", short, second(2));
    let (disposition, emitted) = scene.give_as("x1", filled(&buy, 1), second(4));
    assert_eq!((disposition, emitted), (Disposition::Applied, vec![]));
    let last = decisions(&scene.states).last().expect("it was decided");
    assert_eq!(
        (last.id.as_str(), &last.outcome),
        ("s2", &Outcome::Denied("signal_expired".to_owned()))
    );
}

#[test]
fn decisions_are_rows_in_order_of_time_and_the_oldest_go() {
    let mut scene = scene();
    scene.role.keep.decisions = 2;
    for (n, direction) in [
        (1, SignalDirection::Long),
        (1, SignalDirection::Long),
        (1, SignalDirection::Short),
    ] {
        let id = format!("s{}", scene.states.range("decision/", "decision/").count());
        scene.give_as(&id, wish("A", direction, n), second(n));
    }
    let found: Vec<&Outcome> = decisions(&scene.states).map(|row| &row.outcome).collect();
    let denied = |reason: &str| Outcome::Denied(reason.to_owned());
    let expected = [denied("buy_already_open"), denied("nothing_to_sell")];
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
}

#[test]
fn an_order_that_never_ends_does_not_fill_the_store() {
    let mut scene = scene();
    let long = scene.give_as("s1", wish("A", SignalDirection::Long, 1), second(1));
    let buy = Ticket::of(&order(&long.1[0]));
    for n in 0..MOST_HELD {
        let given = scene.give_as(
            &format!("w{n}"),
            wish("A", SignalDirection::Long, 2),
            second(2),
        );
        assert_eq!(given.0, Disposition::Applied);
    }
    let one_more = scene.give_as("s2", wish("A", SignalDirection::Long, 2), second(2));
    assert_eq!(outcome(one_more), "too_many_held_signals");
    scene.give_as("x1", filled(&buy, 1), second(3));
    assert!(scene.states.range("held/", "held/").next().is_none());
    let given = scene.give_as("s3", wish("A", SignalDirection::Short, 3), second(3));
    assert_eq!(outcome(given), "SELL 10");
}

#[test]
fn rows_come_back_as_they_were() {
    let mut scene = scene();
    let long = scene.give_as("s1", wish("A", SignalDirection::Long, 1), second(1));
    scene.give_as("s2", wish("A", SignalDirection::Short, 2), second(2));
    let stored: Vec<(String, String)> = scene
        .states
        .range("", "")
        .map(|(key, entry)| (key.to_owned(), serde_json::to_string(entry).expect("JSON")))
        .collect();
    let restored = stored.iter().map(|(key, row)| {
        let entry = serde_json::from_str(row).expect("a row");
        (key.clone(), entry)
    });
    scene.states = ingenium_trading::States::restore(restored);
    let buy = Ticket::of(&order(&long.1[0]));
    let (_, emitted) = scene.give_as("x1", filled(&buy, 1), second(3));
    assert_eq!(order(&emitted[0]).side, OrderSide::Sell);
}

#[test]
fn rows_of_an_earlier_version_load() {
    let open = r#"{"side":"BUY","quantity":"10","cumulative":"0","reserved":"110"}"#;
    let row = format!(
        r#"{{"Holding":{{"position":{{"quantity":"0","cost":"0","realized":"0"}},"mark":"10",
            "marked_at":"2020-01-01T00:00:00Z","orders":{{"o1":{open}}}}}}}"#
    );
    let account = r#"{"Account":{"cash":"10000","reserved":"110","value":"0","fees":"0"}}"#;
    let mut scene = scene();
    for (key, row) in [("symbol/A", row.as_str()), ("account", account)] {
        let entry = serde_json::from_str(row).expect("a row");
        scene.states.insert(key, entry);
    }
    let short = wish("A", SignalDirection::Short, 1);
    assert_eq!(outcome(scene.give_as("s1", short, second(1))), "nothing");
    let ticket = Ticket {
        id: "o1".to_owned(),
        symbol: "A".to_owned(),
        side: OrderSide::Buy,
        quantity: number("10"),
    };
    let (_, emitted) = scene.give_as("x1", filled(&ticket, 1), second(2));
    assert_eq!(order(&emitted[0]).quantity.get(), number("10"));
}

/// A signal: symbol, direction, seconds after the one before, and how much of its order is filled in how many parts.
type Said = (u8, u8, i64, u8, u8);

/// Gives the signals and the executions of the orders that come of them, whenever `schedule` says; all orders.
fn run(said: &[Said], mut schedule: impl FnMut(usize) -> usize) -> Vec<String> {
    let mut scene = scene();
    let mut signals: VecDeque<(usize, &Said)> = said.iter().enumerate().collect();
    let mut reports: Vec<ExecutionEvent> = Vec::new();
    let (mut orders, mut at) = (Vec::new(), 0);
    while !signals.is_empty() || !reports.is_empty() {
        // The last choice is the next signal, where there is one.
        let choices = reports.len() + usize::from(!signals.is_empty());
        let choice = schedule(choices) % choices;
        let emitted = if choice < reports.len() {
            let report = reports.remove(choice);
            let id = format!("x-{}", report.execution_id);
            let at = report.timestamp;
            scene.give_as(&id, report, at).1
        } else {
            let (n, (symbol, direction, pause, _, _)) = signals.pop_front().expect("it is there");
            at += pause;
            let symbol = ["A", "B"][usize::from(*symbol)];
            let direction = SignalDirection::ALL[usize::from(*direction)];
            scene
                .give_as(&format!("s-{n}"), wish(symbol, direction, at), second(at))
                .1
        };
        for emission in emitted {
            reports.extend(executed(&emission, said));
            orders.push(shown(&emission));
        }
    }
    orders.sort();
    orders
}

fn shown(emission: &Emission) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        emission.id, emission.time, emission.cause, emission.payload
    )
}

/// What becomes of an order, told by its signal.
fn executed(emission: &Emission, said: &[Said]) -> Vec<ExecutionEvent> {
    let order = order(emission);
    let ticket = Ticket::of(&order);
    let at = second_of(order.timestamp.expect("it has one"));
    let n: usize = emission.cause.id[2..].parse().expect("a number");
    let (_, _, _, share, parts) = said[n];
    let target = (ticket.quantity * Decimal::from(share) / Decimal::TEN)
        .floor()
        .max(Decimal::ONE);
    let first = (target / Decimal::from(parts)).floor().max(Decimal::ONE);
    let mut reports = vec![ticket.report(
        &format!("new-{n}"),
        ExecutionType::New,
        OrderStatus::New,
        Decimal::ZERO,
        at,
    )];
    let mut done = Decimal::ZERO;
    for quantity in [first, target - first] {
        if quantity > Decimal::ZERO {
            done += quantity;
            let deal = (quantity, number("10"), Decimal::ZERO);
            reports.push(ticket.fill(&format!("fill-{n}-{done}"), deal, done, at));
        }
    }
    if done < ticket.quantity {
        let (exec_type, status) = (ExecutionType::Canceled, OrderStatus::Canceled);
        reports.push(ticket.report(&format!("end-{n}"), exec_type, status, done, at));
    }
    reports
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn any_interleaving_gives_the_same_orders(
        said in prop::collection::vec((0_u8..2, 0_u8..3, 0_i64..3, 0_u8..=10, 1_u8..3), 1..9),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        // At once: every execution before the next signal.
        let expected = run(&said, |_| 0);
        let mut choices = choices.iter().cycle();
        let found = run(&said, |count| choices.next().map_or(0, |choice| choice.index(count)));
        prop_assert_eq!(&found, &expected);
    }
}
