//! Which price an order gets: every type, both sides, with and without a gap.

use ingenium_trading::executor::{LimitFill, PaperExecutor, Timing};

use crate::market::{check, plain};

/// One order of the first on two bars: of the first and of the second.
#[track_caller]
fn on_bars(role: &PaperExecutor, order: &str, bars: [&str; 2], expected: &str) {
    let order = format!("{order} at=01");
    let [one, two] = bars.map(|bar| format!("bar {bar}"));
    check(role.clone(), &[&order, &one, &two], expected);
}

/// What a table's cell means for one bar, `10 12 9 11`, that is followed by one without movement.
#[track_caller]
fn on_one_bar(order: &str, prices: &str, expected: &str) {
    let expected = match expected {
        "" => "NEW 01".to_owned(),
        told => format!("NEW 01, {told}"),
    };
    let bar = format!("01 {prices} 100");
    on_bars(&plain(), order, [&bar, "02 10 10 10 10 0"], &expected);
}

#[test]
fn limits_are_filled_at_the_limit_or_at_a_better_open() {
    for (order, prices, expected) in [
        // crossed within the bar
        ("BUY 5 LIMIT limit=9.5", "10 12 9 11", "TRADE 5@9.5 02"),
        ("SELL 5 LIMIT limit=11.5", "10 12 9 11", "TRADE 5@11.5 02"),
        // opened through it
        ("BUY 5 LIMIT limit=10.5", "10 12 9 11", "TRADE 5@10 01"),
        ("SELL 5 LIMIT limit=9.5", "10 12 9 11", "TRADE 5@10 01"),
        // touched only
        ("BUY 5 LIMIT limit=9", "10 12 9 11", ""),
        ("SELL 5 LIMIT limit=12", "10 12 9 11", ""),
        ("BUY 5 LIMIT limit=10", "10 12 10 11", ""),
        // opened at it, crossed later
        ("BUY 5 LIMIT limit=10", "10 12 9 11", "TRADE 5@10 02"),
        // not reached
        ("BUY 5 LIMIT limit=8", "10 12 9 11", ""),
        ("SELL 5 LIMIT limit=13", "10 12 9 11", ""),
        // negative prices are prices
        ("BUY 5 LIMIT limit=-37", "-36 -30 -40 -35", "TRADE 5@-37 02"),
    ] {
        on_one_bar(order, prices, expected);
    }
}

#[test]
fn a_touched_limit_is_filled_where_that_is_said() {
    let touch = PaperExecutor {
        limit_fill: LimitFill::Touch,
        ..plain()
    };
    for (order, expected) in [
        ("BUY 5 LIMIT limit=9", "NEW 01, TRADE 5@9 02"),
        ("SELL 5 LIMIT limit=12", "NEW 01, TRADE 5@12 02"),
        ("BUY 5 LIMIT limit=10", "NEW 01, TRADE 5@10 01"),
        ("BUY 5 LIMIT limit=8.9", "NEW 01"),
    ] {
        let bars = ["01 10 12 9 11 100", "02 10 10 10 10 0"];
        on_bars(&touch, order, bars, expected);
    }
}

#[test]
fn stops_are_filled_at_the_stop_or_at_the_open_beyond_it() {
    for (order, prices, expected) in [
        (
            "BUY 5 STOP stop=11.5",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@11.5 02",
        ),
        (
            "SELL 5 STOP stop=9.5",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@9.5 02",
        ),
        // met exactly
        (
            "BUY 5 STOP stop=12",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@12 02",
        ),
        (
            "SELL 5 STOP stop=9",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@9 02",
        ),
        // a gap is honoured: who stops at 90 in a market that opens at 50 sells at 50
        (
            "SELL 5 STOP stop=90",
            "50 60 40 55",
            "TRIGGERED 01, TRADE 5@50 01",
        ),
        (
            "BUY 5 STOP stop=90",
            "150 160 140 155",
            "TRIGGERED 01, TRADE 5@150 01",
        ),
        (
            "BUY 5 STOP stop=10",
            "10 12 9 11",
            "TRIGGERED 01, TRADE 5@10 01",
        ),
        // not met
        ("BUY 5 STOP stop=12.01", "10 12 9 11", ""),
        ("SELL 5 STOP stop=8.99", "10 12 9 11", ""),
    ] {
        on_one_bar(order, prices, expected);
    }
}

#[test]
fn a_stop_limit_is_a_limit_from_its_trigger_on() {
    for (order, prices, expected) in [
        // filled where it wakes up, below its limit
        (
            "BUY 5 STOP_LIMIT stop=11 limit=11.5",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@11 02",
        ),
        (
            "SELL 5 STOP_LIMIT stop=9.5 limit=9.2",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@9.5 02",
        ),
        // woken at the open, below its limit
        (
            "BUY 5 STOP_LIMIT stop=10 limit=11.5",
            "10.5 12 9 11",
            "TRIGGERED 01, TRADE 5@10.5 01",
        ),
        // opened beyond its limit and came back: 13 is the high's side, the low is nearer to the open
        (
            "BUY 5 STOP_LIMIT stop=11 limit=11.5",
            "12 15 11 14",
            "TRIGGERED 01, TRADE 5@11.5 02",
        ),
        // woken by the high, after the low: nothing comes below the limit any more
        (
            "BUY 5 STOP_LIMIT stop=11 limit=10",
            "10 12 9 11",
            "TRIGGERED 02",
        ),
        // woken by the high, before the low
        (
            "BUY 5 STOP_LIMIT stop=11 limit=10",
            "10.5 11.5 9 11",
            "TRIGGERED 02, TRADE 5@10 02",
        ),
        ("BUY 5 STOP_LIMIT stop=13 limit=14", "10 12 9 11", ""),
    ] {
        on_one_bar(order, prices, expected);
    }
}

#[test]
fn a_woken_stop_limit_waits_at_its_limit() {
    on_bars(
        &plain(),
        "BUY 5 STOP_LIMIT stop=11 limit=10",
        ["01 10 12 9 11 100", "02 11 12 9 11 100"],
        "NEW 01, TRIGGERED 02, TRADE 5@10 03",
    );
    on_bars(
        &plain(),
        "BUY 5 STOP_LIMIT stop=11 limit=10",
        ["01 10 12 9 11 100", "02 9.8 12 9 11 100"],
        "NEW 01, TRIGGERED 02, TRADE 5@9.8 02",
    );
}

#[test]
fn a_trailing_stop_knows_no_more_than_the_path_so_far() {
    for (order, prices, expected) in [
        // the low is nearer, so the low comes first: 10 - 1 is met before the high of 14 is known
        (
            "SELL 5 TRAILING_STOP trail=1",
            "10 14 9 13",
            "TRIGGERED 02, TRADE 5@9 02",
        ),
        // the high is nearer: the stop is 11 - 1 when the low comes
        (
            "SELL 5 TRAILING_STOP trail=1",
            "10 11 8 9",
            "TRIGGERED 02, TRADE 5@10 02",
        ),
        // a tie goes against the owner, the low first
        (
            "SELL 5 TRAILING_STOP trail=2",
            "10 12 8 12",
            "TRIGGERED 02, TRADE 5@8 02",
        ),
        (
            "BUY 5 TRAILING_STOP trail=2",
            "10 12 8 8",
            "TRIGGERED 02, TRADE 5@12 02",
        ),
        // the mirror image
        (
            "BUY 5 TRAILING_STOP trail=1",
            "10 11 6 7",
            "TRIGGERED 02, TRADE 5@11 02",
        ),
        (
            "BUY 5 TRAILING_STOP trail=1",
            "10 12 9 11",
            "TRIGGERED 02, TRADE 5@10 02",
        ),
        // percent of the best price
        (
            "SELL 5 TRAILING_STOP percent=10",
            "100 110 97 98",
            "TRIGGERED 02, TRADE 5@99 02",
        ),
        // never far enough
        ("SELL 5 TRAILING_STOP trail=6", "10 14 9 13", ""),
    ] {
        on_one_bar(order, prices, expected);
    }
}

#[test]
fn a_trailing_stop_carries_its_best_price_to_the_next_bar() {
    for (second, expected) in [
        (
            "02 13.5 13.8 12 12.5 100",
            "NEW 01, TRIGGERED 03, TRADE 5@13 03",
        ),
        // the gap below the stop of 13 is honoured
        ("02 12 13 11 12 100", "NEW 01, TRIGGERED 02, TRADE 5@12 02"),
        ("02 14 16 13.5 16 100", "NEW 01"),
    ] {
        let bars = ["01 10 14 9.5 14 100", second];
        on_bars(&plain(), "SELL 5 TRAILING_STOP trail=1", bars, expected);
    }
}

#[test]
fn a_stop_that_is_met_in_a_thin_bar_goes_on_at_the_next_open() {
    on_bars(
        &plain(),
        "SELL 5 STOP stop=9.5",
        ["01 10 12 9 11 2", "02 8 12 7 11 100"],
        "NEW 01, TRIGGERED 02, TRADE 2@9.5 02, TRADE 3@8 02",
    );
}

#[test]
fn a_bar_without_trades_meets_no_price() {
    on_bars(
        &plain(),
        "SELL 5 STOP stop=9.5",
        ["01 10 12 9 11 0", "02 10 12 10 11 100"],
        "NEW 01",
    );
}

#[test]
fn market_orders_fill_at_the_moment_that_the_timing_names() {
    let bars = ["01 10 12 9 11 3", "02 20 22 19 21 3"];
    for (timing, order, expected) in [
        (Timing::NextOpen, "", "TRADE 3@10 01, TRADE 2@20 02"),
        (Timing::NextClose, "", "TRADE 3@11 02, TRADE 2@21 03"),
        (Timing::SameClose, "", "TRADE 3@11 02, TRADE 2@21 03"),
        (Timing::Latency(1), "", "TRADE 3@20 02"),
        (
            Timing::Latency(0),
            "tif=IOC",
            "TRADE 3@10 01, CANCELED IOC_REMAINDER 01",
        ),
        (
            Timing::NextClose,
            "tif=IOC",
            "TRADE 3@11 02, CANCELED IOC_REMAINDER 02",
        ),
        (Timing::NextClose, "tif=FOK", "CANCELED FOK_UNFILLED 02"),
    ] {
        let role = PaperExecutor { timing, ..plain() };
        let order = format!("BUY 5 MARKET {order}");
        on_bars(&role, &order, bars, &format!("NEW 01, {expected}"));
    }
}

#[test]
fn the_same_close_is_that_of_the_bar_that_was_decided_on() {
    let role = PaperExecutor {
        timing: Timing::SameClose,
        ..plain()
    };
    let (one, two) = ("bar 01 10 12 9 11 100", "bar 02 20 22 19 21 100");
    for (at, expected) in [
        ("02", "NEW 02, TRADE 5@11 02"),
        ("02T12:00", "NEW 02T12:00, TRADE 5@21 03"),
    ] {
        let order = format!("BUY 5 MARKET at={at}");
        check(role.clone(), &[one, &order, two], expected);
        check(role.clone(), &[one, two, &order], expected);
        check(role.clone(), &[&order, one, two], expected);
    }
    // What is no MARKET order never looks at the bar that it was decided on.
    check(role, &[one, "BUY 5 LIMIT limit=11.5 at=02", two], "NEW 02");
}

#[test]
fn latency_delays_every_type() {
    let role = PaperExecutor {
        timing: Timing::Latency(1),
        ..plain()
    };
    on_bars(
        &role,
        "BUY 5 LIMIT limit=9.5",
        ["01 10 12 9 11 100", "02 10 12 9 11 100"],
        "NEW 01, TRADE 5@9.5 03",
    );
}

#[test]
fn orders_look_at_a_bar_by_time_and_id() {
    check(
        plain(),
        &[
            "BUY 2 MARKET id=b at=01",
            "BUY 2 MARKET id=a at=01",
            "BUY 2 MARKET id=c at=01T00:00:00",
            "bar 01 10 12 9 11 5",
        ],
        "b: NEW 01, a: NEW 01, c: NEW 01, a: TRADE 2@10 01, b: TRADE 2@10 01, c: TRADE 1@10 01",
    );
}

#[test]
fn a_triggered_order_can_be_canceled() {
    check(
        plain(),
        &[
            "BUY 5 STOP_LIMIT stop=11 limit=10 at=01",
            "bar 01 10 12 9 11 100",
            "cancel o at=02",
            "bar 02 9 9 9 9 100",
        ],
        "NEW 01, TRIGGERED 02, CANCELED USER 02",
    );
}

#[test]
fn no_report_is_dated_before_the_one_before() {
    let role = PaperExecutor {
        timing: Timing::NextClose,
        ..plain()
    };
    check(
        role,
        &[
            "BUY 5 MARKET at=02",
            "bar 02 10 12 9 11 3",
            "cancel o at=02T12:00",
        ],
        "NEW 02, TRADE 3@11 03, CANCELED USER 03",
    );
}

#[test]
fn prices_that_do_not_fit_end_the_order() {
    let big = "123456789012345678.5";
    for (order, expected) in [
        (
            "SELL 5 TRAILING_STOP trail=0.000000000000000001 at=02",
            "NEW 02, REJECTED ORDER_EXCEEDS_LIMIT 02",
        ),
        (
            "BUY 5 STOP stop=0.000000000000000001 at=02",
            "NEW 02, REJECTED ORDER_EXCEEDS_LIMIT 02",
        ),
        // A limit is only compared.
        ("BUY 5 LIMIT limit=1 at=02", "NEW 02, TRADE 5@1 03"),
    ] {
        let bar = format!("bar 02 {big} {big} 0.000000000000000001 {big} 100");
        check(plain(), &[order, &bar], expected);
    }
}
