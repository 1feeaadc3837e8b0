//! The paper executor: when orders fill, at what, and how they end.

use ingenium_trading::executor::PaperExecutor;
use ingenium_trading::{Disposition, Emission};
use ingenium_types::Payload;
use ingenium_types::event::{ExecutionEvent, OrderEvent, OrderSide, OrderType};
use rust_decimal::Decimal;

use crate::scene::{Scene, at, bar, number};

fn executor() -> Scene<PaperExecutor> {
    Scene::new(PaperExecutor {
        lot: Decimal::ONE,
        fee_bps: Decimal::ZERO,
        currency: "USD".parse().expect("a currency"),
        history: 3,
    })
}

fn buy(quantity: &str, day: &str) -> OrderEvent {
    let mut order = OrderEvent::new(
        OrderSide::Buy,
        quantity.parse().expect("a quantity"),
        "A".parse().expect("a symbol"),
        OrderType::Market,
    );
    order.timestamp = Some(at(day));
    order
}

fn report(emission: &Emission) -> ExecutionEvent {
    match &emission.payload {
        Payload::ExecutorExecution(execution) => execution.clone(),
        other => panic!("expected an execution, got {other:?}"),
    }
}

/// `ExecType Status cumulative/leaves`, and price and quantity of a fill.
fn lines(emissions: &[Emission]) -> Vec<String> {
    emissions
        .iter()
        .map(|emission| {
            let e = report(emission);
            let fill = e
                .last_quantity
                .zip(e.last_price)
                .map_or_else(String::new, |(q, p)| format!(" {q}@{p}"));
            format!(
                "{} {} {}/{}{fill}",
                e.exec_type, e.status, e.cumulative_quantity, e.leaves_quantity
            )
        })
        .collect()
}

#[test]
fn a_market_order_fills_at_the_next_open() {
    let mut scene = executor();
    scene.give(bar("A", 1, "9", "10", "100"), "02");
    assert_eq!(lines(&scene.give(buy("5", "02"), "02")), ["NEW NEW 0/5"]);
    assert_eq!(
        lines(&scene.give(bar("A", 2, "11", "12", "100"), "03")),
        ["TRADE FILLED 5/0 5@11"]
    );
    assert_eq!(
        lines(&scene.give(bar("A", 3, "11", "12", "100"), "04")),
        Vec::<String>::new()
    );
}

#[test]
fn a_late_order_fills_on_the_bar_that_its_time_selects() {
    let mut scene = executor();
    for day in 1..=4 {
        scene.give(bar("A", day, &format!("{day}0"), "50", "100"), "05");
    }
    let emitted = scene.give(buy("5", "03"), "05");
    assert_eq!(lines(&emitted), ["NEW NEW 0/5", "TRADE FILLED 5/0 5@30"]);
    assert_eq!(emitted[1].time, at("03"));
}

#[test]
fn a_thin_bar_fills_in_part_and_a_silent_one_nothing() {
    let mut scene = executor();
    scene.give(buy("5", "02"), "02");
    assert_eq!(
        lines(&scene.give(bar("A", 2, "10", "10", "0"), "03")),
        Vec::<String>::new()
    );
    assert_eq!(
        lines(&scene.give(bar("A", 3, "10", "10", "3.9"), "04")),
        ["TRADE PARTIALLY_FILLED 3/2 3@10"]
    );
    let last = scene.give(bar("A", 4, "13", "13", "9"), "05");
    assert_eq!(lines(&last), ["TRADE FILLED 5/0 2@13"]);
    let average = report(&last[0])
        .average_price
        .map(|price| price.to_string());
    assert_eq!(average.as_deref(), Some("11.2"));
}

#[test]
fn the_cap_cuts_an_order_and_ends_it() {
    let mut scene = executor();
    let mut order = buy("10", "02");
    order.max_notional = Some("100".parse().expect("a decimal"));
    scene.give(order, "02");
    let emitted = scene.give(bar("A", 2, "15", "15", "100"), "03");
    assert_eq!(
        lines(&emitted),
        ["TRADE PARTIALLY_FILLED 6/4 6@15", "CANCELED CANCELED 6/0"]
    );
}

#[test]
fn what_cannot_be_done_is_rejected_in_words() {
    let mut limit = buy("5", "02");
    limit.type_ = OrderType::Limit;
    limit.limit_price = Some("10".parse().expect("a price"));
    let fraction = buy("1.5", "02");
    for (order, reason) in [
        (limit, "UNSUPPORTED_ORDER_TYPE"),
        (fraction, "INCORRECT_QUANTITY"),
    ] {
        let emitted = executor().give(order, "02");
        assert_eq!(lines(&emitted).len(), 1);
        let rejected = report(&emitted[0]);
        assert_eq!(
            rejected
                .reject_reason
                .map(|reason| reason.to_string())
                .as_deref(),
            Some(reason)
        );
        assert!(rejected.text.is_some());
    }
}

#[test]
fn amounts_that_do_not_fit_are_rejected_not_rounded() {
    let mut scene = executor();
    scene.role.lot = number("0.00000001");
    scene.give(buy("0.12345678", "02"), "02");
    let emitted = scene.give(
        bar(
            "A",
            2,
            "1234567890.123456789012345678",
            "1234567890.123456789012345678",
            "9",
        ),
        "03",
    );
    assert_eq!(lines(&emitted), ["REJECTED REJECTED 0/0"]);
}

#[test]
fn bars_that_cannot_be_are_set_aside() {
    let mut scene = executor();
    scene.give(buy("5", "02"), "02");
    let mut broken = bar("A", 2, "10", "12", "100");
    if let ingenium_types::event::MarketData::Ohlc(ohlc) = &mut broken.data {
        ohlc.high = "9".parse().expect("a price");
    }
    assert_eq!(
        scene.try_give(broken, "03"),
        (Disposition::Ignored("ohlc_inconsistent"), vec![])
    );
    let mut forming = bar("A", 2, "10", "12", "100");
    if let ingenium_types::event::MarketData::Ohlc(ohlc) = &mut forming.data {
        ohlc.final_ = Some(false);
    }
    assert_eq!(
        scene.try_give(forming, "03"),
        (Disposition::Ignored("bar_forming"), vec![])
    );
}
