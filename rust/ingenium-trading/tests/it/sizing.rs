//! How much each model opens.

use ingenium_trading::sizing::{AtrRisk, Denied, Facts, Kelly, Means, Sizing, Terms, VolTarget};
use ingenium_types::event::SignalDirection;
use rust_decimal::Decimal;

use crate::scene::{Scene, number, second};
use crate::venue::{outcome, portfolio, tick, wish};

/// What a model opens at 20 with an equity of 10,000: quantity and `MaxNotional`, or the reason why nothing.
#[track_caller]
fn check(sizing: Sizing, free_cash: &str, facts: Facts, expected: &str) {
    let means = Means {
        equity: number("10000"),
        free_cash: number(free_cash),
    };
    let terms = Terms {
        lot: number("0.5"),
        fee_bps: number("100"),
        gap_allowance: number("0.10"),
    };
    let found = match sizing.purchase(means, number("20"), terms, facts) {
        Ok(purchase) => format!(
            "{} {}",
            purchase.quantity,
            purchase.max_notional.normalize()
        ),
        Err(Denied(reason)) => reason.to_owned(),
    };
    assert_eq!(found, expected, "{sizing:?}");
}

const NOTHING: Facts = Facts {
    stop: None,
    short: false,
    atr: None,
    volatility: None,
};

#[test]
fn each_model_opens_what_its_formula_says() {
    // The price with fee is 20.2; a lot costs 10.1.
    let cases: [(Sizing, &str, &str); 15] = [
        (
            Sizing::FixedQuantity(number("10.7")),
            "10000",
            "10.5 233.31",
        ),
        (Sizing::FixedQuantity(number("10")), "202", "10 202"),
        (
            Sizing::FixedQuantity(number("10")),
            "201.99",
            "below_minimum",
        ),
        (
            Sizing::FixedQuantity(number("0.4")),
            "10000",
            "below_minimum",
        ),
        (
            Sizing::FixedNotional(number("1000")),
            "10000",
            "49.5 1099.89",
        ),
        (Sizing::FixedNotional(number("1000")), "500", "24.5 500"),
        (Sizing::PercentEquity(number("0.3")), "10000", "148.5 3000"),
        (Sizing::PercentEquity(number("0.3")), "1000", "49.5 1000"),
        (
            Sizing::PercentEquity(number("0.001")),
            "10000",
            "below_minimum",
        ),
        (Sizing::EqualWeight(3), "10000", "165 3666.3"),
        (kelly("0.5", "0.6", "2", "1"), "10000", "99 2199.78"),
        (kelly("1", "0.9", "2", "0.25"), "10000", "123.5 2744.17"),
        (kelly("1", "0.3", "2", "1"), "10000", "no_edge"),
        (
            Sizing::RiskPerTrade(number("0.01")),
            "10000",
            "no_stop_price",
        ),
        (Sizing::PercentEquity(number("0.3")), "-5", "below_minimum"),
    ];
    for (sizing, free_cash, expected) in cases {
        check(sizing, free_cash, NOTHING, expected);
    }
}

fn kelly(fraction: &str, win_rate: &str, payoff: &str, cap: &str) -> Sizing {
    Sizing::Kelly(Kelly {
        fraction: number(fraction),
        win_rate: number(win_rate),
        payoff: number(payoff),
        cap: number(cap),
    })
}

#[test]
fn the_risk_a_trade_is_the_distance_to_its_stop() {
    let sizing = Sizing::RiskPerTrade(number("0.01"));
    for (stop, short, expected) in [
        // 100 / 2.
        ("18", false, "50 1111"),
        ("22", true, "50 1111"),
        ("17", false, "33 733.26"),
        // More than the cash: as much as it pays for.
        ("19.99", false, "495 10000"),
        ("20", false, "stop_price_not_beyond"),
        ("21", false, "stop_price_not_beyond"),
        ("19", true, "stop_price_not_beyond"),
    ] {
        let stop = Some(number(stop));
        let facts = Facts {
            stop,
            short,
            ..NOTHING
        };
        check(sizing, "10000", facts, expected);
    }
}

#[test]
fn models_that_look_back_need_bars() {
    let vol = Sizing::VolTarget(VolTarget {
        target: number("0.1"),
        cap: number("0.5"),
        bars: 20,
        periods: 252,
    });
    let atr = Sizing::Atr(AtrRisk {
        risk: number("0.01"),
        multiple: number("2"),
        bars: 14,
    });
    let volatility = |value: &str| Facts {
        volatility: Some(number(value)),
        ..NOTHING
    };
    let range = |value: &str| Facts {
        atr: Some(number(value)),
        ..NOTHING
    };
    for (sizing, facts, expected) in [
        (vol, NOTHING, "too_few_bars"),
        (vol, volatility("0.4"), "123.5 2744.17"),
        (vol, volatility("0.1"), "247.5 5499.45"),
        (vol, volatility("0"), "247.5 5499.45"),
        (atr, NOTHING, "too_few_bars"),
        (atr, range("0.5"), "100 2222"),
        (atr, range("0"), "price_has_not_moved"),
    ] {
        check(sizing, "10000", facts, expected);
    }
}

/// The order that a LONG gives after bars with these closes.
fn after_bars(sizing: Sizing, closes: &[&str]) -> String {
    let mut scene = Scene::new(portfolio(sizing));
    for (at, close) in (1..).zip(closes) {
        scene.give_as(
            &format!("bar-{at}"),
            tick("A", at, number(close)),
            second(at),
        );
    }
    let at = 100;
    outcome(scene.give_as("s", wish("A", SignalDirection::Long, at), second(at)))
}

#[test]
fn bars_are_measured() {
    let vol = Sizing::VolTarget(VolTarget {
        target: number("0.05"),
        cap: Decimal::ONE,
        bars: 3,
        periods: 1,
    });
    let atr = Sizing::Atr(AtrRisk {
        risk: number("0.01"),
        multiple: Decimal::ONE,
        bars: 2,
    });
    // Returns 0.1, -0.1 and 0: σ is 0.1, the weight 0.5, 5000 / 99 is 50.5.
    let cases: [(Sizing, &[&str], &str); 4] = [
        (vol, &["100", "110", "99"], "too_few_bars"),
        (vol, &["100", "110", "99", "99"], "BUY 50"),
        (atr, &["100", "104"], "too_few_bars"),
        // True ranges 4 and 6: 100 / 5.
        (atr, &["100", "104", "98"], "BUY 20"),
    ];
    for (sizing, closes, expected) in cases {
        assert_eq!(
            after_bars(sizing, closes),
            expected,
            "{sizing:?} {closes:?}"
        );
    }
}

#[test]
fn a_target_is_reached_by_the_difference() {
    use SignalDirection::{Flat, Long, Short};
    // What is held, the signal with its TargetQuantity and TargetWeight, and what comes of it at 10.
    let cases = [
        ("0", Long, None, None, "BUY 200"),
        ("150", Long, None, None, "BUY 50"),
        ("200", Long, None, None, "below_minimum"),
        ("250", Long, None, None, "SELL 50"),
        ("0", Long, None, Some("0.5"), "BUY 500"),
        ("0", Long, Some("7"), Some("0.5"), "BUY 7"),
        ("9", Long, Some("7"), None, "SELL 2"),
        ("9", Short, None, None, "SELL 9"),
        ("9", Flat, Some("7"), None, "SELL 9"),
        ("0", Short, None, None, "below_minimum"),
        ("0", Long, Some("-7"), None, "target_contradicts_signal"),
        ("9", Short, None, Some("0.5"), "target_contradicts_signal"),
    ];
    for (held, direction, quantity, weight, expected) in cases {
        let mut scene = Scene::new(portfolio(Sizing::TargetWeight(number("0.2"))));
        scene.give_as("bar", tick("A", 1, number("10")), second(1));
        // What is held was bought at its mark: the equity is what it was.
        crate::margin::hold(&mut scene, held, "10");
        let mut signal = wish("A", direction, 5);
        signal.target_quantity = quantity.and_then(|text: &str| text.parse().ok());
        signal.target_weight = weight.and_then(|text: &str| text.parse().ok());
        let found = outcome(scene.give_as("s", signal, second(5)));
        assert_eq!(
            found, expected,
            "{held} {direction:?} {quantity:?} {weight:?}"
        );
    }
}
