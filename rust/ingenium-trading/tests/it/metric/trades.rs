//! Round trips: what ends one, what it was worth on the way, and that exactness is not lost.

use ingenium_trading::metric::{Direction, Fill, Outcome, Recorder, Settings, Worth, profit};
use ingenium_types::event::OrderSide;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::golden::{agrees, as_json, data, rows};
use super::{bar, fill, midnight, symbol};
use crate::scene::{at, number};

/// Records one line an event: `day quantity price fee` is a fill at the start of that day, `day low..high` its bar.
fn record(events: &[&str]) -> Outcome {
    let mut recorder = Recorder::new(Settings::default());
    for event in events {
        let words: Vec<&str> = event.split(' ').collect();
        let start = at(words[0]);
        match words[1].split_once("..") {
            Some((low, high)) => bar(&mut recorder, start, low, high),
            None => {
                let [quantity, price, fee] = [1, 2, 3].map(|n| number(words[n]));
                let fill = fill(start, quantity, price, fee);
                recorder.fill(&fill).expect("small amounts fit");
            }
        }
    }
    recorder.finish()
}

/// What `events` add up to: one line a trade `direction quantity entry exit gross fees net adverse favorable bars`.
#[track_caller]
fn check(events: &[&str], expected: &[&str]) {
    let found: Vec<String> = record(events)
        .trades
        .iter()
        .map(|trade| {
            let direction = match trade.direction {
                Direction::Long => "long",
                Direction::Short => "short",
            };
            let amounts = [
                trade.quantity,
                trade.entry_price,
                trade.exit_price,
                trade.gross,
                trade.fees,
                trade.net,
                trade.adverse,
                trade.favorable,
            ]
            .map(|amount| amount.normalize().to_string());
            format!("{direction} {} {}", amounts.join(" "), trade.bars)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_trade_goes_from_flat_to_flat() {
    check(
        &["01 10 5 1", "02 -10 7 2"],
        &["long 10 5 7 20 3 17 0 20 0"],
    );
    check(
        &["01 -10 5 1", "02 10 7 2"],
        &["short 10 5 7 -20 3 -23 -20 0 0"],
    );
    check(&["01 10 5 0", "02 -4 7 0"], &[]);
    // Average cost: 10 at 5 and 10 at 8 are 20 at 6.5.
    check(
        &["01 10 5 1", "02 10 8 1", "03 -5 10 1", "04 -15 6 1"],
        &["long 20 6.5 7 10 4 6 0 70 0"],
    );
    // A rebate is a fee below zero.
    check(
        &["01 1 5 -0.5", "02 -1 5 -0.5"],
        &["long 1 5 5 0 -1 1 0 0 0"],
    );
}

#[test]
fn a_fill_through_zero_ends_one_trade_and_starts_the_next() {
    check(
        &["01 10 5 1", "02 -15 7 3", "03 5 6 1"],
        &["long 10 5 7 20 3 17 0 20 0", "short 5 7 6 5 2 3 0 5 0"],
    );
    // A third of the fee rounds to 12 decimals; the other trade bears the rest.
    check(
        &["01 1 5 0", "02 -3 5 1", "03 2 5 0"],
        &[
            "long 1 5 5 0 0.333333333333 -0.333333333333 0 0 0",
            "short 2 5 5 0 0.666666666667 -0.666666666667 0 0 0",
        ],
    );
}

#[test]
fn excursions_are_those_of_the_bars_that_a_trade_lasts() {
    // Entered at the open of day 2, left at that of day 4: days 2 and 3 count, 1 and 4 do not.
    let bars = ["01 1..99", "02 4..8", "03 3..9", "04 1..99"];
    let expected = ["long 10 5 7 20 0 20 -20 40 2"];
    let [one, two, three, four] = bars;
    let (entry, exit) = ("02 10 5 0", "04 -10 7 0");
    check(&[one, two, entry, three, four, exit], &expected);
    check(&[one, entry, two, three, exit, four], &expected);
    check(&[one, entry, two, three, four, exit], &expected);
    // Short: the high is adverse.
    let (entry, exit) = ("02 -10 5 0", "04 10 7 0");
    check(
        &[one, two, entry, three, four, exit],
        &["short 10 5 7 -20 0 -20 -40 20 2"],
    );
    // What was realised counts: half left at 7 (+10), the rest never below 6 (+5).
    check(
        &["01 10 5 0", "01 5..7", "02 -5 7 0", "02 6..8", "03 -5 6 0"],
        &["long 10 5 6.5 15 0 15 0 25 2"],
    );
}

#[test]
fn what_is_left_open_is_no_trade() {
    let outcome = record(&["01 10 5 1", "01 4..6", "02 -4 7 2", "02 4..6"]);
    assert!(outcome.trades.is_empty());
    let [open] = &outcome.open[..] else {
        panic!("one position is open");
    };
    let amounts = [open.quantity, open.cost, open.realized, open.fees].map(|a| a.normalize());
    assert_eq!(amounts, [6, 30, 8, 3].map(Decimal::from));
    assert_eq!((open.bars, open.direction), (2, Direction::Long));
    assert_eq!(outcome.statistics.trades, 0);
    assert_eq!(outcome.statistics.fees, Decimal::from(3));
}

#[test]
fn a_fill_that_does_not_fit_changes_nothing() {
    let mut recorder = Recorder::new(Settings::default());
    let (first, last) = (at("01"), at("02"));
    let taken = fill(first, Decimal::TEN, Decimal::from(5), Decimal::ONE);
    recorder.fill(&taken).expect("fits");
    let price = number("1.0000000000000000000000000001");
    let refused = fill(last, number("-10.0000000001"), price, Decimal::ONE);
    assert!(recorder.fill(&refused).is_err());
    let closing = fill(last, -Decimal::TEN, Decimal::from(7), Decimal::ONE);
    recorder.fill(&closing).expect("fits");
    let outcome = recorder.finish();
    assert_eq!(outcome.trades.len(), 1);
    assert_eq!(outcome.trades[0].net, Decimal::from(18));
    assert_eq!(outcome.statistics.fees, Decimal::TWO);
}

#[test]
fn a_cost_without_a_decision_price_is_unknown() {
    let mut recorder = Recorder::new(Settings::default());
    let mut bought = fill(at("01"), Decimal::TEN, Decimal::from(5), Decimal::ONE);
    bought.decision_price = Some(number("4.9"));
    recorder.fill(&bought).expect("fits");
    let mut sold = fill(at("02"), -Decimal::TEN, Decimal::from(7), Decimal::ONE);
    sold.decision_price = None;
    recorder.fill(&sold).expect("fits");
    let statistics = recorder.finish().statistics;
    assert_eq!(statistics.slippage_cost, None);
    assert_eq!(statistics.implementation_shortfall, None);
    assert_eq!(statistics.fees, Decimal::TWO);
}

/// Win rate, profit factor, payoff and expectancy.
#[test]
fn a_trade_without_profit_or_loss_counts_as_a_trade_only() {
    let check = |profits: &[f64], expected: [Option<f64>; 4]| {
        let found = [
            profit::win_rate(profits),
            profit::profit_factor(profits),
            profit::payoff(profits),
            profit::expectancy(profits),
        ];
        assert_eq!(found, expected, "{profits:?}");
    };
    check(&[], [None; 4]);
    check(&[0.0], [Some(0.0), None, None, Some(0.0)]);
    check(&[5.0, 0.0], [Some(0.5), None, None, Some(2.5)]);
    check(&[-5.0, 0.0], [Some(0.0), Some(0.0), None, Some(-2.5)]);
    check(
        &[6.0, 2.0, 0.0, -1.0, 0.0],
        [Some(0.4), Some(8.0), Some(4.0), Some(1.4)],
    );
}

#[test]
fn a_day_keeps_its_last_state() {
    let mut recorder = Recorder::new(Settings::default());
    for (time, equity) in [
        ("2020-12-30T14:30:00Z", 1),
        ("2020-12-30T23:59:59.999999999Z", 2),
        ("2020-12-31T00:00:00Z", 3),
        ("2021-01-02T00:00:00Z", 4),
        // Dated before, come after: the state of the last day.
        ("2020-12-31T00:00:00Z", 5),
    ] {
        let worth = Worth {
            equity: Decimal::from(equity),
            ..Worth::default()
        };
        recorder.account(time.parse().expect("a time"), worth);
    }
    let points = recorder.finish().points;
    let found: Vec<(String, Decimal)> = points
        .iter()
        .map(|point| (point.date.to_string(), point.worth.equity))
        .collect();
    let expected = [("2020-12-30", 2), ("2020-12-31", 3), ("2021-01-02", 5)]
        .map(|(date, equity)| (format!("{date}T00:00:00Z"), Decimal::from(equity)));
    assert_eq!(found, expected);
}

/// RSI(14) on GOOG, ten at a time, next open, fee ten basis points: nine round trips.
#[test]
fn known_trades_come_out() {
    let data = data();
    let mut fills: Vec<Fill> = data["trades"]["fills"]
        .as_array()
        .expect("fills")
        .iter()
        .map(|stated| {
            let text = |name: &str| stated[name].as_str().expect("a text");
            Fill {
                symbol: symbol("GOOG"),
                order_id: format!("order-{}", text("at")).parse().expect("an id"),
                side: text("side").parse::<OrderSide>().expect("a side"),
                quantity: text("quantity").parse().expect("a quantity"),
                price: number(text("price")),
                commission: number(text("commission")),
                at: midnight(text("at")),
                decision_price: Some(number(text("decision_price"))),
            }
        })
        .collect();
    fills.reverse();
    let mut recorder = Recorder::new(Settings::default());
    for row in rows("GOOG") {
        let start = midnight(&row.date);
        recorder.bar(&symbol("GOOG"), start, row.prices);
        if let Some(fill) = fills.pop_if(|fill| fill.at == start) {
            assert_eq!(fill.price, row.open);
            recorder.fill(&fill).expect("fits");
        }
        let worth = Worth {
            equity: row.prices.close,
            ..Worth::default()
        };
        recorder.account(start, worth);
    }
    let outcome = recorder.finish();
    let found = serde_json::to_value(&outcome.trades).expect("trades are JSON");
    agrees("trades", &plain(found), &data["trades"]["trades"]);
    let found = plain(as_json(&outcome.statistics));
    agrees("statistics", &found, &data["trades"]["expected"]);
    let gross: Decimal = outcome.trades.iter().map(|trade| trade.gross).sum();
    assert_eq!(gross, number("2645.70"));
}

/// The same with amounts without trailing zeros.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<Decimal>() {
            Ok(amount) => json!(amount.normalize().to_string()),
            Err(_) => Value::String(text),
        },
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(k, v)| (k, plain(v))).collect(),
        other => other,
    }
}
