//! Orders that the paper executor does not take, each with a code and what to do instead.

use ingenium_types::Payload;
use ingenium_types::event::OrderType;

use crate::market::{event, order, plain};
use crate::scene::Scene;

#[track_caller]
fn refused(payload: impl Into<Payload>, reason: &str, words: &str) {
    let emitted = Scene::new(plain()).give(payload, "02");
    let [only] = &emitted[..] else {
        panic!("REJECTED comes alone: {emitted:?}")
    };
    let Payload::ExecutorExecution(said) = &only.payload else {
        panic!("an executor says executions")
    };
    let code = said.reject_reason.as_ref().map(ToString::to_string);
    assert_eq!(code.as_deref(), Some(reason));
    let text = said.text.as_ref().map(ToString::to_string);
    assert_eq!(text.as_deref(), Some(words));
}

#[test]
fn what_is_not_simulated() {
    for (line, reason, words) in [
        (
            "BUY 5 LIMIT limit=9 post-only",
            "UNSUPPORTED_ORDER_TYPE",
            "PostOnly is true, which is not simulated here: leave it out",
        ),
        (
            "BUY 5 MARKET reduce-only",
            "UNSUPPORTED_ORDER_TYPE",
            "ReduceOnly is true, which is not simulated here: leave it out",
        ),
        (
            "BUY 5 TRAILING_STOP percent=100",
            "INVALID_PRICE",
            "TrailPercent is 100: send less than 100",
        ),
        (
            "BUY 1.5 MARKET",
            "INCORRECT_QUANTITY",
            "Quantity is 1.5: send a multiple of the lot 1",
        ),
        (
            "BUY 5 MARKET tif=GTD",
            "UNSUPPORTED_TIME_IN_FORCE",
            "TimeInForce is GTD without ExpiresAt: send one, or GTC",
        ),
        (
            "BUY 5 MARKET tif=GTD until=02",
            "STALE_ORDER",
            "ExpiresAt is 2020-01-02T00:00:00Z, the order is of 2020-01-02T00:00:00Z: send a later end",
        ),
        (
            "BUY 5 MARKET tif=DAY until=03",
            "UNSUPPORTED_TIME_IN_FORCE",
            "ExpiresAt is 2020-01-03T00:00:00Z and TimeInForce is DAY: send GTD, or no ExpiresAt",
        ),
        (
            "BUY 5 MARKET until=03",
            "UNSUPPORTED_TIME_IN_FORCE",
            "ExpiresAt is 2020-01-03T00:00:00Z and TimeInForce is GTC: send GTD, or no ExpiresAt",
        ),
    ] {
        refused(event(&format!("{line} at=02")).0, reason, words);
    }
}

#[test]
fn stops_have_no_time_at_which_they_could_be_immediate() {
    for (type_, prices) in [
        ("STOP", "stop=11"),
        ("STOP_LIMIT", "stop=11 limit=12"),
        ("TRAILING_STOP", "trail=1"),
    ] {
        for tif in ["IOC", "FOK", "OPG", "CLS"] {
            let words = format!("TimeInForce is {tif} of a {type_} order: send GTC, DAY or GTD");
            let order = order(&format!("BUY 5 {type_} {prices} tif={tif} at=02"));
            refused(order, "UNSUPPORTED_TIME_IN_FORCE", &words);
        }
    }
}

#[test]
fn types_without_their_prices() {
    for (type_, missing) in [
        (OrderType::Limit, "LimitPrice"),
        (OrderType::Stop, "StopPrice"),
        (OrderType::StopLimit, "LimitPrice"),
        (OrderType::TrailingStop, "TrailAmount or TrailPercent"),
    ] {
        let mut order = order("BUY 5 MARKET at=02");
        order.type_ = type_;
        let words = format!("Type is {type_} without {missing}: send one");
        refused(order, "INVALID_PRICE", &words);
    }
}
