//! Configurations of `portfolio/long-only`: what each key means, and what is refused.

use ingenium_components::portfolio::Config;
use ingenium_trading::portfolio::{Keep, Portfolio};
use ingenium_trading::risk::{Limits, LossGuard, Margin, Mode, Stop, TradingState};
use ingenium_trading::sizing::{AtrRisk, Kelly, Sizing, Terms, VolTarget};
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn number(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn role(config: &Value) -> Portfolio {
    let config: Config = serde_json::from_value(config.clone()).expect("a configuration");
    config.check().expect("in range");
    config.role()
}

fn defaults() -> Portfolio {
    let terms = Terms {
        lot: Decimal::ONE,
        fee_bps: Decimal::ZERO,
        gap_allowance: number("0.10"),
    };
    let (name, sizing) = ("main".parse(), Sizing::PercentEquity(number("0.30")));
    Portfolio::new(name.expect("a name"), number("100000"), sizing, terms)
}

#[test]
fn nothing_is_limited_unless_it_is_set() {
    let found = role(&json!({}));
    assert_eq!(found, defaults());
    assert_eq!(
        (found.mode, found.limits),
        (Mode::LongOnly, Limits::default())
    );
    // What the defaults say of themselves is read back as the defaults.
    let written = serde_json::to_value(Config::default()).expect("JSON");
    assert_eq!(role(&written), defaults());
    let short = Mode::Margin(Margin {
        initial: Decimal::ONE,
        maintenance: number("0.25"),
    });
    assert_eq!(role(&json!({"mode": {"margin": {}}})).mode, short);
}

#[test]
fn each_sizing_has_its_form() {
    let vol = |cap: &str, bars, periods| {
        Sizing::VolTarget(VolTarget {
            target: number("0.1"),
            cap: number(cap),
            bars,
            periods,
        })
    };
    let atr = |bars| {
        Sizing::Atr(AtrRisk {
            risk: number("0.01"),
            multiple: number("2"),
            bars,
        })
    };
    let kelly = Sizing::Kelly(Kelly {
        fraction: number("0.5"),
        win_rate: number("0.55"),
        payoff: number("1.5"),
        cap: Decimal::ONE,
    });
    for (form, expected) in [
        (
            json!({"percent_equity": "0.5"}),
            Sizing::PercentEquity(number("0.5")),
        ),
        (
            json!({"fixed_quantity": "10"}),
            Sizing::FixedQuantity(Decimal::TEN),
        ),
        (
            json!({"fixed_notional": "10"}),
            Sizing::FixedNotional(Decimal::TEN),
        ),
        (
            json!({"target_weight": "0.5"}),
            Sizing::TargetWeight(number("0.5")),
        ),
        (
            json!({"risk_per_trade": "0.01"}),
            Sizing::RiskPerTrade(number("0.01")),
        ),
        (json!({"vol_target": {"target": "0.1"}}), vol("1", 20, 252)),
        (
            json!({"vol_target": {"target": "0.1", "cap": "2", "bars": 60, "periods": 365}}),
            vol("2", 60, 365),
        ),
        (json!({"atr": {"risk": "0.01", "multiple": "2"}}), atr(14)),
        (
            json!({"atr": {"risk": "0.01", "multiple": "2", "bars": 5}}),
            atr(5),
        ),
        (
            json!({"kelly": {"fraction": "0.5", "win_rate": "0.55", "payoff": "1.5"}}),
            kelly,
        ),
        (json!({"equal_weight": 5}), Sizing::EqualWeight(5)),
    ] {
        assert_eq!(role(&json!({"sizing": form})).sizing, expected);
    }
}

#[test]
fn each_limit_reaches_its_rule() {
    let stop = |then| {
        Some(Stop {
            share: number("0.05"),
            then,
        })
    };
    let found = role(&json!({
        "mode": {"margin": {"initial": "0.4"}},
        "decisions": 10,
        "fills": 5,
        "risk": {
            "state": "reducing", "resume": 3, "symbols": ["A", "B"], "max_price_age": 60, "price_collar": "0.05",
            "min_notional": "1", "max_order_notional": "2", "max_position_notional": "3", "max_position_share": "0.4",
            "max_gross_leverage": "5", "max_net_leverage": "6", "max_open_orders": 7, "max_orders_per_minute": 8,
            "max_daily_loss": {"share": "0.05", "then": "reducing"}, "max_drawdown": {"share": "0.05"},
            "cooldown": 9, "stop_loss_guard": {"exits": 10, "window": 11, "pause": 12}, "duplicate_window": 13
        }
    }));
    let expected = Portfolio {
        mode: Mode::Margin(Margin {
            initial: number("0.4"),
            maintenance: number("0.25"),
        }),
        limits: Limits {
            state: TradingState::Reducing,
            resume: 3,
            symbols: Some(["A".to_owned(), "B".to_owned()].into()),
            max_price_age: Some(60),
            price_collar: Some(number("0.05")),
            min_notional: Some(number("1")),
            max_order_notional: Some(number("2")),
            max_position_notional: Some(number("3")),
            max_position_share: Some(number("0.4")),
            max_gross_leverage: Some(number("5")),
            max_net_leverage: Some(number("6")),
            max_open_orders: Some(7),
            max_orders_per_minute: Some(8),
            max_daily_loss: stop(TradingState::Reducing),
            max_drawdown: stop(TradingState::Halted),
            cooldown: Some(9),
            stop_loss_guard: Some(LossGuard {
                exits: 10,
                window: 11,
                pause: 12,
            }),
            duplicate_window: Some(13),
        },
        keep: Keep {
            decisions: 10,
            fills: 5,
        },
        ..defaults()
    };
    assert_eq!(found, expected);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (config, expected) in [
        (
            json!({"sizing": {"all_in": "1"}}),
            "unknown variant `all_in`",
        ),
        (json!({"sizing": {"percent_equity": "1.1"}}), "ratio"),
        (json!({"sizing": {"equal_weight": 0}}), "nonzero"),
        (
            json!({"sizing": {"vol_target": {"target": "0.1", "bars": 1}}}),
            "at least 2",
        ),
        (
            json!({"sizing": {"atr": {"risk": "0.1", "multiple": "1", "bars": 10_001}}}),
            "10000",
        ),
        (
            json!({"sizing": {"atr": {"risk": "0.1", "multiple": "0"}}}),
            "decimal",
        ),
        (json!({"mode": {"margin": {"initial": "0"}}}), "decimal"),
        (json!({"mode": "short"}), "unknown variant `short`"),
        (
            json!({"risk": {"max_loss": "0.1"}}),
            "unknown field `max_loss`",
        ),
        (
            json!({"risk": {"max_drawdown": {"share": "0.1", "then": "active"}}}),
            "unknown variant `active`",
        ),
        (json!({"risk": {"symbols": ["not a symbol"]}}), "1 to 64"),
        (json!({"fills": 0}), "nonzero"),
        (json!({"lot": "0.000000001"}), "at most 8 decimals"),
    ] {
        let refused = ingenium_components::actor("portfolio/long-only", &config);
        let message = refused.err().expect("it is refused").to_string();
        assert!(
            message.to_lowercase().contains(&expected.to_lowercase()),
            "{config}: {message}"
        );
    }
}

#[test]
fn the_schema_names_every_key() {
    let schema = schemars::schema_for!(Config).to_value();
    let mut written = serde_json::to_value(Config::default()).expect("JSON");
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    let risk = &schema["$defs"]["Risk"];
    assert_eq!(keys(&risk["properties"]), keys(&written["risk"]));
    assert_eq!(keys(&schema["properties"]), keys(&written));
    for object in [&schema, risk] {
        assert_eq!(object["additionalProperties"], json!(false));
    }
    written["risk"]["max_loss"] = json!("0.1");
    assert!(serde_json::from_value::<Config>(written).is_err());
}
