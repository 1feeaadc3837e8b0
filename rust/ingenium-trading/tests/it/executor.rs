//! The paper executor: when orders fill, at what, and how they end.

use ingenium_trading::executor::{Fees, PaperExecutor};
use ingenium_trading::{Disposition, Emission};
use ingenium_types::Payload;
use ingenium_types::event::{
    CancelEvent, ExecutionEvent, OrderEvent, OrderSide, OrderTimeInForce, OrderType,
};

use crate::scene::{Scene, at, bar, number};

fn executor() -> Scene<PaperExecutor> {
    Scene::new(PaperExecutor {
        history: 3,
        ..PaperExecutor::new("USD".parse().expect("a currency"))
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
    let mut posted = buy("5", "02");
    posted.post_only = Some(true);
    let fraction = buy("1.5", "02");
    for (order, reason) in [
        (posted, "UNSUPPORTED_ORDER_TYPE"),
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

fn day_order(quantity: &str, day: &str) -> OrderEvent {
    let mut order = buy(quantity, day);
    order.time_in_force = Some(OrderTimeInForce::Day);
    order
}

#[test]
fn a_day_order_ends_with_its_session() {
    let mut scene = executor();
    scene.give(day_order("5", "02"), "02");
    // The second has no bars: the third is the session, and too thin.
    assert_eq!(
        lines(&scene.give(bar("A", 3, "10", "10", "3"), "04")),
        ["TRADE PARTIALLY_FILLED 3/2 3@10"]
    );
    let emitted = scene.give(bar("A", 5, "10", "10", "9"), "06");
    assert_eq!(lines(&emitted), ["EXPIRED EXPIRED 3/0"]);
    assert_eq!(emitted[0].time, at("04"), "the session's end, exclusive");
    let reason = report(&emitted[0]).cancel_reason.map(|r| r.to_string());
    assert_eq!(reason.as_deref(), Some("SESSION_END"));
}

#[test]
fn a_late_day_order_of_a_session_without_a_later_bar_expires() {
    let mut scene = executor();
    scene.give(bar("A", 2, "10", "10", "9"), "03");
    scene.give(bar("A", 3, "10", "10", "9"), "04");
    let mut order = day_order("5", "02");
    order.timestamp = "2020-01-02T12:00:00Z".parse().ok();
    let emitted = scene.give(order, "04");
    assert_eq!(lines(&emitted), ["NEW NEW 0/5", "EXPIRED EXPIRED 0/0"]);
}

#[test]
fn late_orders_share_what_a_bar_traded() {
    let mut scene = executor();
    scene.give(buy("4", "02"), "02");
    scene.give(bar("A", 2, "10", "10", "10"), "03");
    let late = |scene: &mut Scene<PaperExecutor>, id: &str| {
        let mut order = buy("5", "02");
        order.order_id = id.parse().ok();
        lines(&scene.give(order, "03"))
    };
    let first = late(&mut scene, "a");
    assert_eq!(first, ["NEW NEW 0/5", "TRADE FILLED 5/0 5@10"]);
    let second = late(&mut scene, "b");
    assert_eq!(second, ["NEW NEW 0/5", "TRADE PARTIALLY_FILLED 1/4 1@10"]);
}

#[test]
fn after_a_fill_what_cannot_be_counted_is_canceled_not_rejected() {
    let mut scene = executor();
    scene.role.lot = number("0.00000001");
    scene.give(buy("2.12345678", "02"), "02");
    scene.give(bar("A", 2, "10", "10", "1"), "03");
    let price = "1234567890.123456789012345678";
    let emitted = scene.give(bar("A", 3, price, price, "9"), "04");
    assert_eq!(lines(&emitted), ["CANCELED CANCELED 1/0"]);
    assert!(report(&emitted[0]).text.is_some());
}

#[test]
fn amounts_without_a_form_on_the_wire_are_rejected_not_left_out() {
    let mut scene = executor();
    scene.role.fees = Fees::Bps(number("0.3333333"));
    // The fee has 12 digits before the point and 12 behind it: more than the wire takes.
    scene.give(buy("900000000000001", "02"), "02");
    let emitted = scene.give(
        bar("A", 2, "7.7777777", "7.7777777", "900000000000001"),
        "03",
    );
    assert_eq!(lines(&emitted), ["REJECTED REJECTED 0/0"]);
}

#[test]
fn a_bar_that_ends_before_it_starts_is_set_aside() {
    let mut scene = executor();
    let mut inverted = bar("A", 2, "10", "12", "100");
    inverted.end_timestamp = Some(inverted.timestamp);
    let aside = (Disposition::Ignored("bar_end_not_after_start"), vec![]);
    assert_eq!(scene.try_give(inverted.clone(), "03"), aside);
    inverted.end_timestamp = None;
    assert_eq!(scene.try_give(inverted.clone(), "02"), aside);
    assert_eq!(scene.try_give(inverted, "03").0, Disposition::Applied);
}

fn cancel(of: &ExecutionEvent, day: &str) -> CancelEvent {
    CancelEvent::new(
        of.order_id.clone(),
        "c1".parse().expect("an id"),
        of.symbol.clone(),
        of.side,
        of.order_quantity,
        at(day),
    )
}

#[test]
fn a_cancel_ends_an_open_order() {
    let mut scene = executor();
    scene.give(bar("A", 1, "9", "10", "100"), "02");
    let order = report(&scene.give(buy("5", "02"), "02")[0]);
    let emitted = scene.give(cancel(&order, "03"), "03");
    assert_eq!(lines(&emitted), ["CANCELED CANCELED 0/0"]);
    assert_eq!(
        lines(&scene.give(bar("A", 3, "11", "12", "100"), "04")),
        Vec::<String>::new(),
        "what is canceled never fills"
    );
}

#[test]
fn a_late_cancel_is_told_so_and_changes_nothing() {
    let mut scene = executor();
    scene.give(bar("A", 1, "9", "10", "100"), "02");
    let order = report(&scene.give(buy("5", "02"), "02")[0]);
    scene.give(bar("A", 2, "11", "12", "100"), "03");
    let emitted = scene.give(cancel(&order, "04"), "04");
    assert_eq!(lines(&emitted), ["CANCEL_REJECTED FILLED 5/0"]);
    let reason = |emission: &Emission| {
        report(emission)
            .reject_reason
            .map(|reason| reason.to_string())
    };
    assert_eq!(reason(&emitted[0]).as_deref(), Some("TOO_LATE"));
    let mut stranger = order;
    stranger.order_id = "nobody".parse().expect("an id");
    let emitted = scene.give(cancel(&stranger, "04"), "04");
    assert_eq!(reason(&emitted[0]).as_deref(), Some("UNKNOWN_ORDER"));
}
