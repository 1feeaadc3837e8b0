//! What orders must not do: a table for each rule, and the state of trading.

use ingenium_trading::portfolio::{Entry, Portfolio};
use ingenium_trading::risk::{
    Exposure, Limits, LossGuard, Margin, Mode, Proposal, RULES, RiskState, Scope, Stop,
    TradingState, review,
};
use ingenium_trading::sizing::Sizing;
use ingenium_types::event::{OrderSide, SignalDirection};
use rust_decimal::Decimal;

use crate::margin::{hold, with_margin};
use crate::scene::{Scene, number, order, second};
use crate::venue::{Ticket, outcome, portfolio, tick, wish};

/// A BUY of 10 at 100 with an equity of 10,000, at second 1000; the mark is of second 990.
fn proposal<'a>(limits: &'a Limits, state: &'a RiskState) -> Proposal<'a> {
    Proposal {
        limits,
        mode: Mode::LongOnly,
        state,
        symbol: "A",
        side: OrderSide::Buy,
        quantity: Decimal::TEN,
        opening: Decimal::TEN,
        max_notional: number("1100"),
        position: Decimal::ZERO,
        mark: number("100"),
        marked_at: Some(second(990)),
        price: Some(number("101")),
        now: second(1000),
        equity: number("10000"),
        free_cash: number("10000"),
        exposure: Exposure {
            gross: number("500"),
            net: number("-500"),
            open_orders: 2,
        },
        exited_at: Some(second(900)),
        said_at: Some(second(900)),
    }
}

type Set = fn(&mut Limits, &mut RiskState, &mut Proposal<'_>);

/// Whether the rule `code`, and no other, denies.
#[track_caller]
fn check(code: &str, allows: Set, denies: Set) {
    let no_limits = Limits::default();
    let no_state = RiskState::default();
    for (set, expected) in [(allows, Ok(())), (denies, Err(code))] {
        let (mut limits, mut state) = (no_limits.clone(), no_state.clone());
        let mut changed = proposal(&no_limits, &no_state);
        set(&mut limits, &mut state, &mut changed);
        let changed = Proposal {
            limits: &limits,
            state: &state,
            ..changed
        };
        assert_eq!(review(&changed), expected, "{code}");
        let rule = RULES.iter().find(|rule| rule.code == code).expect("a rule");
        if rule.scope == Scope::Opening {
            let exit = Proposal {
                opening: Decimal::ZERO,
                ..changed
            };
            assert_eq!(review(&exit), Ok(()), "{code} lets an exit pass");
        }
    }
}

fn list(symbol: &str) -> Option<std::collections::BTreeSet<String>> {
    Some([symbol.to_owned()].into())
}

fn losses(state: &mut RiskState, limits: &mut Limits, last: i64, window: u64, pause: u64) {
    state.losses = [second(last - 50), second(last)].into();
    limits.stop_loss_guard = Some(LossGuard {
        exits: 2,
        window,
        pause,
    });
}

fn credit(initial: &str, maintenance: &str) -> Mode {
    Mode::Margin(Margin {
        initial: number(initial),
        maintenance: number(maintenance),
    })
}

#[test]
fn each_rule_denies_at_its_limit_and_not_before() {
    let reducing: Set = |limits, _, order| {
        limits.state = TradingState::Reducing;
        order.opening = Decimal::ZERO;
    };
    let rules: [(&str, Set, Set); 18] = [
        (
            "trading_halted",
            |_, _, _| {},
            |limits, _, _| limits.state = TradingState::Halted,
        ),
        ("trading_reducing", reducing, |_, state, _| {
            state.tripped = TradingState::Reducing;
        }),
        (
            "symbol_not_allowed",
            |limits, _, _| limits.symbols = list("A"),
            |limits, _, _| limits.symbols = list("B"),
        ),
        (
            "price_stale",
            |limits, _, _| limits.max_price_age = Some(10),
            |limits, _, _| limits.max_price_age = Some(9),
        ),
        (
            "price_outside_collar",
            |limits, _, _| limits.price_collar = Some(number("0.01")),
            |limits, _, _| limits.price_collar = Some(number("0.0099")),
        ),
        (
            "below_min_notional",
            |limits, _, _| limits.min_notional = Some(number("1000")),
            |limits, _, _| limits.min_notional = Some(number("1000.01")),
        ),
        (
            "order_notional_exceeded",
            |limits, _, _| limits.max_order_notional = Some(number("1000")),
            |limits, _, _| limits.max_order_notional = Some(number("999.99")),
        ),
        (
            "position_notional_exceeded",
            |limits, _, _| limits.max_position_notional = Some(number("1000")),
            |limits, _, order| {
                limits.max_position_notional = Some(number("1000"));
                order.position = Decimal::ONE;
            },
        ),
        (
            "position_share_exceeded",
            |limits, _, _| limits.max_position_share = Some(number("0.1")),
            |limits, _, _| limits.max_position_share = Some(number("0.0999")),
        ),
        (
            "gross_leverage_exceeded",
            |limits, _, _| limits.max_gross_leverage = Some(number("0.15")),
            |limits, _, _| limits.max_gross_leverage = Some(number("0.1499")),
        ),
        (
            "net_leverage_exceeded",
            |limits, _, _| limits.max_net_leverage = Some(number("0.05")),
            |limits, _, _| limits.max_net_leverage = Some(number("0.0499")),
        ),
        (
            "below_maintenance",
            |_, _, order| order.mode = credit("0.1", "20"),
            |_, _, order| order.mode = credit("0.1", "20.01"),
        ),
        (
            "buying_power_exceeded",
            |_, _, order| order.free_cash = number("1100"),
            |_, _, order| order.free_cash = number("1099.99"),
        ),
        (
            "too_many_open_orders",
            |limits, _, _| limits.max_open_orders = Some(3),
            |limits, _, _| limits.max_open_orders = Some(2),
        ),
        (
            "too_many_orders_per_minute",
            |limits, state, _| {
                limits.max_orders_per_minute = Some(2);
                state.orders = [second(940), second(941)].into();
            },
            |limits, state, _| {
                limits.max_orders_per_minute = Some(2);
                state.orders = [second(941), second(942)].into();
            },
        ),
        (
            "cooldown",
            |limits, _, _| limits.cooldown = Some(100),
            |limits, _, _| limits.cooldown = Some(101),
        ),
        (
            "stop_loss_guard",
            |limits, state, _| losses(state, limits, 900, 51, 100),
            |limits, state, _| losses(state, limits, 900, 51, 101),
        ),
        (
            "duplicate_signal",
            |limits, _, _| limits.duplicate_window = Some(100),
            |limits, _, _| limits.duplicate_window = Some(101),
        ),
    ];
    for ((code, allows, denies), rule) in rules.into_iter().zip(RULES) {
        assert_eq!(code, rule.code, "a table for each rule, in their order");
        check(code, allows, denies);
    }
    // Losses that are far apart are no series; margin, too, has a buying power.
    check(
        "stop_loss_guard",
        |limits, state, _| losses(state, limits, 990, 50, 1000),
        |limits, state, _| losses(state, limits, 990, 51, 1000),
    );
    check(
        "buying_power_exceeded",
        |_, _, order| order.mode = credit("6.66", "0"),
        |_, _, order| order.mode = credit("6.67", "0"),
    );
}

#[test]
fn the_docs_list_the_rules_in_their_order() {
    let docs = include_str!("../../src/risk.rs");
    let listed: Vec<&str> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("//! | ")?.split('`').nth(1))
        .collect();
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(listed, codes);
}

fn scene(set: impl Fn(&mut Limits)) -> Scene<Portfolio> {
    let mut role = portfolio(Sizing::FixedQuantity(Decimal::TEN));
    set(&mut role.limits);
    let mut scene = Scene::new(role);
    scene.give_as("bar", tick("A", 1, number("100")), second(1));
    scene
}

/// What comes of a signal at `at`; an order is filled at `price` at once.
fn trade(scene: &mut Scene<Portfolio>, direction: SignalDirection, at: i64, price: &str) -> String {
    let given = scene.give_as(&format!("s-{at}"), wish("A", direction, at), second(at));
    if let [emission] = given.1.as_slice() {
        let ticket = Ticket::of(&order(emission));
        let deal = (ticket.quantity, number(price), Decimal::ZERO);
        let report = ticket.fill(&format!("x-{at}"), deal, ticket.quantity, at);
        scene.give_as(&format!("x-{at}"), report, second(at));
    }
    outcome(given)
}

fn mark(scene: &mut Scene<Portfolio>, at: i64, price: &str) {
    scene.give_as(
        &format!("bar-{at}"),
        tick("A", at, number(price)),
        second(at),
    );
}

const DAY: i64 = 86_400;

#[test]
fn a_loss_trips_the_state_and_it_stays() {
    use SignalDirection::{Long, Short};
    let stop = |share: &str, then| {
        Some(Stop {
            share: number(share),
            then,
        })
    };
    // 10 bought at 100 with 10,000: a price of 90 is a loss of 1 %.
    let cases: [(&str, Limits, &str, &str); 4] = [
        (
            "max_daily_loss",
            Limits {
                max_daily_loss: stop("0.01", TradingState::Halted),
                ..Limits::default()
            },
            "trading_halted",
            "trading_halted",
        ),
        (
            "max_drawdown",
            Limits {
                max_drawdown: stop("0.01", TradingState::Reducing),
                ..Limits::default()
            },
            "SELL 10",
            "trading_reducing",
        ),
        (
            "max_drawdown",
            Limits {
                max_daily_loss: stop("0.01", TradingState::Reducing),
                max_drawdown: stop("0.01", TradingState::Halted),
                ..Limits::default()
            },
            "trading_halted",
            "trading_halted",
        ),
        (
            "",
            Limits {
                max_drawdown: stop("0.0101", TradingState::Halted),
                ..Limits::default()
            },
            "SELL 10",
            "BUY 10",
        ),
    ];
    for (reason, limits, exit, entry) in cases {
        let mut scene = scene(|set| set.clone_from(&limits));
        assert_eq!(trade(&mut scene, Long, 2, "100"), "BUY 10");
        mark(&mut scene, 3, "90");
        // Neither time nor a better price nor a restart takes it back.
        mark(&mut scene, 3 * DAY, "100");
        let stored: Vec<(String, Entry)> = scene
            .states
            .range("", "")
            .map(|(key, entry)| (key.to_owned(), entry.clone()))
            .collect();
        scene.states = ingenium_trading::States::restore(stored);
        assert_eq!(
            trade(&mut scene, Short, 3 * DAY + 1, "100"),
            exit,
            "{reason}"
        );
        if exit == "SELL 10" {
            assert_eq!(
                trade(&mut scene, Long, 3 * DAY + 3, "100"),
                entry,
                "{reason}"
            );
        }
        if let Some(Entry::Risk(risk)) = scene.states.get("risk") {
            assert_eq!(risk.reason.as_deref().unwrap_or_default(), reason);
        }
        // A higher number does.
        if entry.starts_with("trading") {
            scene.role.limits.resume = 1;
            let resumed = trade(
                &mut scene,
                if exit == entry { Short } else { Long },
                3 * DAY + 4,
                "100",
            );
            assert!(resumed.contains("10"), "{reason} {resumed}");
        }
    }
}

#[test]
fn a_daily_loss_is_of_one_day() {
    let limits = |set: &mut Limits| {
        set.max_daily_loss = Some(Stop {
            share: number("0.01"),
            then: TradingState::Halted,
        });
    };
    let mut scene = scene(limits);
    trade(&mut scene, SignalDirection::Long, 2, "100");
    // A daily bar ends when the next day begins: its loss is of the day before.
    for (at, price) in [(DAY, "91"), (2 * DAY, "82"), (3 * DAY, "73")] {
        mark(&mut scene, at, price);
    }
    let exit = trade(&mut scene, SignalDirection::Short, 3 * DAY + 1, "73");
    assert_eq!(
        exit, "SELL 10",
        "three days with less than one percent each"
    );
}

#[test]
fn a_bar_that_ends_at_midnight_is_of_the_day_before() {
    let mut scene = scene(|set| {
        set.max_daily_loss = Some(Stop {
            share: number("0.01"),
            then: TradingState::Halted,
        });
    });
    trade(&mut scene, SignalDirection::Long, 2, "100");
    mark(&mut scene, DAY / 2, "94");
    mark(&mut scene, DAY, "88");
    let exit = trade(&mut scene, SignalDirection::Short, DAY + 1, "88");
    assert_eq!(exit, "trading_halted", "1.2 percent on one day");
}

#[test]
fn rules_remember_what_they_must() {
    use SignalDirection::{Long, Short};
    let cooled = &mut scene(|limits| limits.cooldown = Some(10));
    trade(cooled, Long, 2, "100");
    trade(cooled, Short, 3, "100");
    assert_eq!(trade(cooled, Long, 12, "100"), "cooldown");
    assert_eq!(trade(cooled, Long, 13, "100"), "BUY 10");

    let guarded = &mut scene(|limits| {
        limits.stop_loss_guard = Some(LossGuard {
            exits: 2,
            window: 100,
            pause: 50,
        });
    });
    for (at, price) in [(2, "99"), (4, "101"), (6, "100"), (8, "99.99")] {
        assert_eq!(trade(guarded, Long, at, "100"), "BUY 10");
        assert_eq!(trade(guarded, Short, at + 1, price), "SELL 10");
    }
    assert_eq!(trade(guarded, Long, 58, "100"), "stop_loss_guard");
    assert_eq!(trade(guarded, Long, 59, "100"), "BUY 10");

    let paced = &mut scene(|limits| limits.max_orders_per_minute = Some(2));
    assert_eq!(trade(paced, Long, 2, "100"), "BUY 10");
    assert_eq!(trade(paced, Short, 3, "100"), "SELL 10");
    assert_eq!(trade(paced, Long, 61, "100"), "too_many_orders_per_minute");
    assert_eq!(trade(paced, Long, 62, "100"), "BUY 10");

    let deaf = &mut scene(|limits| limits.duplicate_window = Some(30));
    assert_eq!(trade(deaf, Long, 2, "100"), "BUY 10");
    assert_eq!(trade(deaf, Short, 3, "100"), "SELL 10");
    assert_eq!(trade(deaf, Long, 31, "100"), "duplicate_signal");
    assert_eq!(trade(deaf, Long, 32, "100"), "BUY 10");
}

#[test]
fn an_exit_that_only_pays_its_fees_is_a_loss() {
    for (fee, expected) in [("0", "BUY 10"), ("0.01", "stop_loss_guard")] {
        let mut scene = scene(|limits| {
            limits.stop_loss_guard = Some(LossGuard {
                exits: 1,
                window: 100,
                pause: 50,
            });
        });
        for (at, direction) in [(2, SignalDirection::Long), (3, SignalDirection::Short)] {
            let given = scene.give_as(&format!("s-{at}"), wish("A", direction, at), second(at));
            let ticket = Ticket::of(&order(&given.1[0]));
            // Only the BUY has a fee: it counts for the exit all the same.
            let fee = if at == 2 { number(fee) } else { Decimal::ZERO };
            let deal = (ticket.quantity, number("100"), fee);
            let report = ticket.fill(&format!("x-{at}"), deal, ticket.quantity, at);
            scene.give_as(&format!("x-{at}"), report, second(at));
        }
        assert_eq!(trade(&mut scene, SignalDirection::Long, 4, "100"), expected);
    }
}

#[test]
fn halted_is_said_before_any_other_reason() {
    let mut scene = scene(|limits| limits.state = TradingState::Halted);
    for (symbol, direction) in [("A", SignalDirection::Short), ("B", SignalDirection::Long)] {
        let given = scene.give_as(symbol, wish(symbol, direction, 2), second(2));
        assert_eq!(
            outcome(given),
            "trading_halted",
            "nothing to sell, no known price"
        );
    }
}

#[test]
fn a_reversal_that_must_not_open_closes() {
    let mut scene = with_margin(Sizing::FixedQuantity(Decimal::TEN));
    hold(&mut scene, "7", "10");
    scene.role.limits.state = TradingState::Reducing;
    let short = wish("A", SignalDirection::Short, 5);
    assert_eq!(outcome(scene.give_as("s", short, second(5))), "SELL 7");
}
