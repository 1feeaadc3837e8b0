//! Slippage, participation and fees, each by hand-made answers; and what an early store holds.

use ingenium_trading::executor::{Entry, Fees, PaperExecutor, Slippage, Tier};
use ingenium_types::Payload;
use ingenium_types::event::ExecutionEvent;

use crate::market::{check, event, plain};
use crate::scene::{Scene, number};

fn slipping(slippage: Slippage) -> PaperExecutor {
    PaperExecutor {
        slippage,
        ..plain()
    }
}

/// What one order of the first gets on the bar of that day, `10 12 9 11` and a volume of 100.
#[track_caller]
fn gets(role: PaperExecutor, order: &str, expected: &str) {
    let order = format!("{order} at=01");
    let expected = format!("NEW 01, {expected}");
    check(role, &[&order, "bar 01 10 12 9 11 100"], &expected);
}

#[test]
fn basis_points_make_prices_worse() {
    let role = || slipping(Slippage::Bps(number("50")));
    gets(role(), "BUY 5 MARKET", "TRADE 5@10.05 01");
    gets(role(), "SELL 5 MARKET", "TRADE 5@9.95 01");
    gets(
        role(),
        "BUY 5 STOP stop=12",
        "TRIGGERED 02, TRADE 5@12.06 02",
    );
    // A limit is kept, and so is the bar.
    gets(role(), "BUY 5 LIMIT limit=10.02", "TRADE 5@10.02 01");
    gets(role(), "BUY 5 LIMIT limit=11", "TRADE 5@10.05 01");
    gets(role(), "SELL 5 LIMIT limit=11", "TRADE 5@11 02");
    let wild = || slipping(Slippage::Bps(number("9000")));
    gets(wild(), "BUY 5 LIMIT limit=15", "TRADE 5@12 01");
    gets(wild(), "SELL 5 LIMIT limit=1", "TRADE 5@9 01");
    // Half to even at 12 decimals.
    let fine = slipping(Slippage::Bps(number("0.000000000500000000")));
    gets(fine, "BUY 5 MARKET", "TRADE 5@10 01");
    let fine = slipping(Slippage::Bps(number("0.000000001500000000")));
    gets(fine, "BUY 5 MARKET", "TRADE 5@10.000000000002 01");
    // Worse is up for a BUY, below zero too.
    check(
        role(),
        &["BUY 5 MARKET at=01", "bar 01 -10 -9 -12 -11 100"],
        "NEW 01, TRADE 5@-9.95 01",
    );
}

#[test]
fn ticks_make_prices_worse() {
    let role = || {
        slipping(Slippage::Ticks {
            count: number("2"),
            size: number("0.05"),
        })
    };
    gets(role(), "BUY 5 MARKET", "TRADE 5@10.1 01");
    gets(role(), "SELL 5 MARKET", "TRADE 5@9.9 01");
    gets(role(), "SELL 5 LIMIT limit=9.95", "TRADE 5@9.95 01");
}

#[test]
fn a_share_of_the_volume_makes_prices_worse() {
    let role = || {
        slipping(Slippage::VolumeShare {
            impact: number("0.1"),
            limit: number("0.025"),
        })
    };
    // 10 * 0.1 * 0.02^2
    gets(role(), "BUY 2 MARKET", "TRADE 2@10.0004 01");
    gets(role(), "SELL 2 MARKET", "TRADE 2@9.9996 01");
    // 10 * 0.1 * 0.025^2
    gets(role(), "BUY 50 MARKET", "TRADE 50@10.000625 01");
    // The largest quantity that costs at most 499.999: 50 would cost 500.03125.
    gets(
        role(),
        "BUY 60 MARKET max=500.03124",
        "TRADE 49@10.000625 01, CANCELED MAX_NOTIONAL 01",
    );
    gets(
        role(),
        "BUY 60 MARKET max=500.03125",
        "TRADE 50@10.000625 01, CANCELED MAX_NOTIONAL 01",
    );
}

#[test]
fn orders_take_their_share_of_the_volume() {
    let role = PaperExecutor {
        participation: number("0.1"),
        ..plain()
    };
    check(
        role,
        &[
            "BUY 15 MARKET id=a at=01",
            "BUY 15 MARKET id=b at=01",
            "bar 01 10 12 9 11 179.9",
            "bar 02 20 22 19 21 100",
            "bar 03 30 32 29 31 9",
            "bar 04 40 42 39 41 100",
        ],
        "a: NEW 01, b: NEW 01, a: TRADE 15@10 01, b: TRADE 2@10 01, b: TRADE 10@20 02, b: TRADE 3@40 04",
    );
}

/// The commissions of an order's fills, whether it was there first, and their sum.
#[track_caller]
fn costs(fees: Fees, script: &[&str], expected: &[(&str, &str)], total: &str) {
    let mut scene = Scene::new(PaperExecutor { fees, ..plain() });
    let mut fills: Vec<ExecutionEvent> = Vec::new();
    for line in script {
        let (payload, at) = event(line);
        for emission in scene.give(payload, at) {
            if let Payload::ExecutorExecution(said) = emission.payload
                && said.last_quantity.is_some()
            {
                fills.push(said);
            }
        }
    }
    let told: Vec<(String, String)> = fills
        .iter()
        .map(|said| {
            let text = |value: Option<String>| value.unwrap_or_default();
            (
                text(said.commission.map(|fee| fee.to_string())),
                text(said.liquidity.map(|flag| flag.to_string())),
            )
        })
        .collect();
    let told: Vec<(&str, &str)> = told
        .iter()
        .map(|(fee, flag)| (fee.as_str(), flag.as_str()))
        .collect();
    assert_eq!(told, expected, "{script:#?}");
    let last = fills.last().and_then(|said| said.cumulative_commission);
    assert_eq!(last.map(|fee| fee.to_string()).as_deref(), Some(total));
}

const TWO_FILLS: [&str; 3] = [
    "BUY 150 MARKET at=01",
    "bar 01 10 12 9 11 100",
    "bar 02 20 22 19 21 100",
];

#[test]
fn fees_by_the_notional() {
    costs(Fees::None, &TWO_FILLS, &[("0", ""), ("0", "")], "0");
    let fees = Fees::Bps(number("10"));
    costs(fees, &TWO_FILLS, &[("1", ""), ("1", "")], "2");
}

#[test]
fn fees_by_the_share_are_those_of_the_whole_order() {
    let fees = |minimum, most: Option<&str>| Fees::PerShare {
        rate: number("0.005"),
        minimum: number(minimum),
        maximum_percent: most.map(number),
    };
    let check = |fees, fills: [&str; 2], total| {
        costs(fees, &TWO_FILLS, &[(fills[0], ""), (fills[1], "")], total);
    };
    check(fees("0", None), ["0.5", "0.25"], "0.75");
    // 0.50 is below the minimum, 0.75 too
    check(fees("1", None), ["1", "0"], "1");
    check(fees("0.6", None), ["0.6", "0.15"], "0.75");
    // at most 0.01 % of 1000, then of 2000: the maximum goes first
    check(fees("1", Some("0.01")), ["0.1", "0.1"], "0.2");
}

#[test]
fn fees_by_tier_are_those_of_the_whole_order() {
    let tiers = [("0", "100"), ("500", "50"), ("1500", "10")];
    let tier = |(from, bps)| Tier {
        from: number(from),
        bps: number(bps),
    };
    let fees = || Fees::Tiered(tiers.map(tier).to_vec());
    // 1000: 500 at 1 %, 500 at 0.5 %; then to 2000: 500 at 0.5 %, 500 at 0.1 %
    costs(fees(), &TWO_FILLS, &[("7.5", ""), ("3", "")], "10.5");
    let at_once = ["BUY 200 MARKET at=01", "bar 01 10 12 9 11 200"];
    costs(fees(), &at_once, &[("10.5", "")], "10.5");
}

#[test]
fn fees_by_who_was_there_first() {
    let fees = || Fees::MakerTaker {
        maker: number("-1"),
        taker: number("5"),
    };
    let bars = ["bar 01 10 12 9 11 100", "bar 02 9 12 8 11 100"];
    for (order, expected) in [
        ("BUY 10 MARKET", ("0.05", "TAKER")),
        // the market was there first
        ("BUY 10 LIMIT limit=10.5", ("0.05", "TAKER")),
        ("BUY 10 LIMIT limit=9.5", ("-0.0095", "MAKER")),
        // it waited for a bar, and the next one opened through it
        ("BUY 10 LIMIT limit=9", ("-0.009", "MAKER")),
        ("BUY 10 STOP stop=11", ("0.055", "TAKER")),
        ("BUY 10 STOP_LIMIT stop=11 limit=11.5", ("0.055", "TAKER")),
        ("BUY 10 STOP_LIMIT stop=12 limit=9.5", ("-0.009", "MAKER")),
    ] {
        let order = format!("{order} at=01");
        let script = [&order, bars[0], bars[1]];
        costs(fees(), &script, &[expected], expected.0);
    }
}

#[test]
fn the_cap_counts_every_fee() {
    for (fees, quantity) in [
        (Fees::Bps(number("100")), 99),
        (
            Fees::PerShare {
                rate: number("0.1"),
                minimum: number("5"),
                maximum_percent: None,
            },
            99,
        ),
        (
            Fees::MakerTaker {
                maker: number("0"),
                taker: number("200"),
            },
            98,
        ),
        (
            Fees::Tiered(vec![Tier {
                from: number("0"),
                bps: number("300"),
            }]),
            97,
        ),
    ] {
        let role = PaperExecutor { fees, ..plain() };
        let expected = format!("TRADE {quantity}@10 01, CANCELED MAX_NOTIONAL 01");
        gets(role, "BUY 100 MARKET max=1000", &expected);
    }
}

#[test]
fn a_lot_that_is_worth_less_than_rounding_ends_soon() {
    let role = PaperExecutor {
        lot: number("0.00000001"),
        fees: Fees::Bps(number("6")),
        ..plain()
    };
    check(
        role,
        &[
            // 4 * 10^13 lots more than fit: the fee of six basis points is rounded up to 0.000000000001.
            "BUY 9000000000 MARKET at=01 max=0.0000000010004",
            "bar 01 0.000000000000000001 0.000000000000000001 0.000000000000000001 0.000000000000000001 9000000000",
        ],
        "NEW 01, TRADE 999400000@0.000000000000000001 01, CANCELED MAX_NOTIONAL 01",
    );
}

#[test]
fn rows_of_an_early_store_are_read() {
    let book = r#"{"Book":{"last_bar":"2020-01-02T00:00:00Z","orders":[{
        "order":{"Side":"BUY","Quantity":"5","Symbol":"A","Type":"MARKET"},
        "order_id":"o","decided":"2020-01-03T00:00:00Z",
        "cause":{"source":"/test","id":"1","correlation":"1"},
        "cumulative":"0","cost":"0","commission":"0","events":1,"status":"NEW","tried":null}]}}"#;
    let book: Entry = serde_json::from_str(book).expect("a book");
    let mut scene = Scene::new(plain());
    scene.states.insert("book/A", book);
    let (payload, at) = event("bar 03 10 12 9 11 100");
    let told: Vec<String> = scene
        .give(payload, at)
        .iter()
        .map(crate::market::tell)
        .collect();
    assert_eq!(told, ["TRADE 5@10 03"]);
}
