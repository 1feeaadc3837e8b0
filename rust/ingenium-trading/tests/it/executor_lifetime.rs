//! Every time in force, and that it is the same for orders that arrive early, in time and late.

use ingenium_trading::executor::{LimitFill, PaperExecutor};

use crate::market::{check, plain};

/// The order before, among and after its bars: it is told the same.
#[track_caller]
fn whenever(role: &PaperExecutor, order: &str, bars: &[&str], expected: &str) {
    for place in 0..=bars.len() {
        let mut script: Vec<String> = bars.iter().map(|bar| format!("bar {bar}")).collect();
        script.insert(place, order.to_owned());
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        check(role.clone(), &script, expected);
    }
}

const BARS: [&str; 3] = ["02 10 12 9 11 3", "03 20 22 19 21 3", "04 30 32 29 31 3"];

#[test]
fn good_till_canceled_goes_on() {
    let expected = "NEW 02, TRADE 3@10 02, TRADE 3@20 03, TRADE 1@30 04";
    whenever(&plain(), "BUY 7 MARKET at=02", &BARS, expected);
    whenever(&plain(), "BUY 7 MARKET at=02 tif=GTC", &BARS, expected);
}

#[test]
fn a_day_order_ends_with_its_session() {
    for (order, expected) in [
        (
            "BUY 7 MARKET at=02",
            "NEW 02, TRADE 3@10 02, EXPIRED SESSION_END 03",
        ),
        (
            "BUY 7 MARKET at=02T01:00",
            "NEW 02T01:00, EXPIRED SESSION_END 03",
        ),
        // no bar on the first of January: the session is the next one that has bars
        (
            "BUY 7 MARKET at=01",
            "NEW 01, TRADE 3@10 02, EXPIRED SESSION_END 03",
        ),
        ("BUY 2 LIMIT at=02 limit=9.5", "NEW 02, TRADE 2@9.5 03"),
        (
            "BUY 2 LIMIT at=02 limit=8",
            "NEW 02, EXPIRED SESSION_END 03",
        ),
        ("SELL 2 STOP at=02 stop=8", "NEW 02, EXPIRED SESSION_END 03"),
    ] {
        whenever(&plain(), &format!("{order} tif=DAY"), &BARS, expected);
    }
}

#[test]
fn good_till_date_ends_at_its_date() {
    for (order, expected) in [
        (
            "BUY 7 MARKET at=02 until=04",
            "NEW 02, TRADE 3@10 02, TRADE 3@20 03, EXPIRED 04",
        ),
        // a bar that goes beyond the date is for its open only
        (
            "BUY 7 MARKET at=02 until=03T12:00",
            "NEW 02, TRADE 3@10 02, TRADE 3@20 03, EXPIRED 03T12:00",
        ),
        (
            "BUY 2 LIMIT limit=9.5 at=02 until=02T12:00",
            "NEW 02, EXPIRED 02T12:00",
        ),
        (
            "BUY 2 LIMIT limit=9.5 at=02 until=03",
            "NEW 02, TRADE 2@9.5 03",
        ),
        (
            "BUY 2 LIMIT limit=10.5 at=02 until=02T12:00",
            "NEW 02, TRADE 2@10 02",
        ),
    ] {
        whenever(&plain(), &format!("{order} tif=GTD"), &BARS, expected);
    }
}

#[test]
fn immediate_or_cancel_leaves_nothing() {
    for (order, expected) in [
        ("BUY 3 MARKET", "NEW 02, TRADE 3@10 02"),
        (
            "BUY 7 MARKET",
            "NEW 02, TRADE 3@10 02, CANCELED IOC_REMAINDER 02",
        ),
        ("BUY 2 LIMIT limit=10.5", "NEW 02, TRADE 2@10 02"),
        // at once means at the open, not at the low
        ("BUY 2 LIMIT limit=9.5", "NEW 02, CANCELED IOC_REMAINDER 02"),
        (
            "SELL 5 LIMIT limit=9.5",
            "NEW 02, TRADE 3@10 02, CANCELED IOC_REMAINDER 02",
        ),
        (
            "BUY 7 MARKET max=20",
            "NEW 02, TRADE 2@10 02, CANCELED MAX_NOTIONAL 02",
        ),
    ] {
        whenever(&plain(), &format!("{order} at=02 tif=IOC"), &BARS, expected);
    }
    let silent = ["02 10 12 9 11 0", "03 20 22 19 21 3"];
    let expected = "NEW 02, CANCELED IOC_REMAINDER 02";
    whenever(&plain(), "BUY 2 MARKET at=02 tif=IOC", &silent, expected);
}

#[test]
fn fill_or_kill_is_all_or_nothing() {
    for (order, expected) in [
        ("BUY 3 MARKET", "NEW 02, TRADE 3@10 02"),
        ("BUY 4 MARKET", "NEW 02, CANCELED FOK_UNFILLED 02"),
        ("BUY 3 MARKET max=29", "NEW 02, CANCELED FOK_UNFILLED 02"),
        ("BUY 3 MARKET max=30", "NEW 02, TRADE 3@10 02"),
        ("SELL 3 LIMIT limit=9.5", "NEW 02, TRADE 3@10 02"),
        ("SELL 3 LIMIT limit=11", "NEW 02, CANCELED FOK_UNFILLED 02"),
    ] {
        whenever(&plain(), &format!("{order} at=02 tif=FOK"), &BARS, expected);
    }
    // What it does not take is there for others.
    check(
        plain(),
        &[
            "BUY 4 MARKET id=a at=02 tif=FOK",
            "BUY 4 MARKET id=b at=02",
            "bar 02 10 12 9 11 3",
        ],
        "a: NEW 02, b: NEW 02, a: CANCELED FOK_UNFILLED 02, b: TRADE 3@10 02",
    );
}

const HOURS: [&str; 6] = [
    "02T09:00/12:00 10 12 9 11 3",
    "02T12:00/16:00 11 13 10 12 3",
    "02T16:00/24:00 12 14 11 13 3",
    "03T09:00/12:00 20 22 19 21 3",
    "03T12:00/16:00 21 23 20 22 3",
    "04T09:00/12:00 30 32 29 31 3",
];

#[test]
fn at_the_opening_means_the_first_price_of_a_session() {
    for (order, expected) in [
        ("BUY 2 MARKET at=02", "NEW 02, TRADE 2@10 02T09:00"),
        (
            "BUY 2 MARKET at=02T09:00",
            "NEW 02T09:00, TRADE 2@10 02T09:00",
        ),
        (
            "BUY 2 MARKET at=02T10:00",
            "NEW 02T10:00, TRADE 2@20 03T09:00",
        ),
        (
            "BUY 5 MARKET at=02",
            "NEW 02, TRADE 3@10 02T09:00, EXPIRED SESSION_END 02T09:00",
        ),
        (
            "BUY 2 LIMIT limit=9.5 at=02",
            "NEW 02, EXPIRED SESSION_END 02T09:00",
        ),
        ("BUY 2 LIMIT limit=11 at=02", "NEW 02, TRADE 2@10 02T09:00"),
    ] {
        whenever(&plain(), &format!("{order} tif=OPG"), &HOURS, expected);
    }
}

#[test]
fn at_the_close_means_the_last_price_of_a_session() {
    for (order, expected) in [
        // the last bar goes to the session's end, or the next session shows that it was the last
        ("BUY 2 MARKET at=02", "NEW 02, TRADE 2@13 03"),
        ("BUY 2 MARKET at=02T20:00", "NEW 02T20:00, TRADE 2@13 03"),
        ("BUY 2 MARKET at=03", "NEW 03, TRADE 2@22 03T16:00"),
        // it was decided after the last price of its session
        (
            "BUY 2 MARKET at=03T17:00",
            "NEW 03T17:00, EXPIRED SESSION_END 04",
        ),
        (
            "BUY 5 MARKET at=02",
            "NEW 02, TRADE 3@13 03, EXPIRED SESSION_END 03",
        ),
        (
            "BUY 5 MARKET at=03",
            "NEW 03, TRADE 3@22 03T16:00, EXPIRED SESSION_END 03T16:00",
        ),
        (
            "SELL 2 LIMIT limit=13.5 at=02",
            "NEW 02, EXPIRED SESSION_END 03",
        ),
        ("SELL 2 LIMIT limit=12.5 at=02", "NEW 02, TRADE 2@13 03"),
        // touched is not crossed
        (
            "SELL 2 LIMIT limit=13 at=02",
            "NEW 02, EXPIRED SESSION_END 03",
        ),
    ] {
        whenever(&plain(), &format!("{order} tif=CLS"), &HOURS, expected);
    }
    let touch = PaperExecutor {
        limit_fill: LimitFill::Touch,
        ..plain()
    };
    let order = "SELL 2 LIMIT limit=13 at=02 tif=CLS";
    whenever(&touch, order, &HOURS, "NEW 02, TRADE 2@13 03");
}
