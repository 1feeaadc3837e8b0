//! The portfolio: sizes, reservations, and what executions do.

use ingenium_trading::Disposition;
use ingenium_trading::executor::{Fees, PaperExecutor};
use ingenium_trading::portfolio::{Entry, Portfolio};
use ingenium_trading::sizing::{Sizing, Terms};
use ingenium_types::Payload;
use ingenium_types::event::{OrderSide, SignalDirection};
use rust_decimal::Decimal;

use crate::scene::{Scene, bar, number, order, signal};

fn portfolio(sizing: Sizing) -> Scene<Portfolio> {
    let terms = Terms {
        lot: Decimal::ONE,
        fee_bps: number("10"),
        gap_allowance: number("0.10"),
    };
    let name = "main".parse().expect("a name");
    Scene::new(Portfolio::new(name, number("1000"), sizing, terms))
}

fn executor() -> Scene<PaperExecutor> {
    Scene::new(PaperExecutor {
        fees: Fees::Bps(number("10")),
        history: 8,
        ..PaperExecutor::new("USD".parse().expect("a currency"))
    })
}

fn account(scene: &Scene<Portfolio>) -> [String; 4] {
    let Some(Entry::Account(account)) = scene.states.get("account") else {
        panic!("there is an account")
    };
    [account.cash, account.reserved, account.value, account.fees]
        .map(|value| value.normalize().to_string())
}

#[test]
fn percent_of_equity_reserves_its_whole_budget() {
    let mut portfolio = portfolio(Sizing::PercentEquity(number("0.30")));
    portfolio.give(bar("A", 1, "10", "10", "100"), "02");
    let emitted = portfolio.give(signal("A", SignalDirection::Long, "02"), "02");
    let buy = order(&emitted[0]);
    // 300 / 10.01 is 29.97: the fee has its place in the price.
    assert_eq!(
        (buy.side, buy.quantity.to_string().as_str()),
        (OrderSide::Buy, "29")
    );
    assert_eq!(
        buy.max_notional.map(|cap| cap.to_string()).as_deref(),
        Some("300")
    );
    assert_eq!(account(&portfolio), ["1000", "300", "0", "0"]);
}

#[test]
fn a_round_trip_returns_to_cash_to_the_last_digit() {
    let (mut portfolio, mut executor) =
        (portfolio(Sizing::FixedQuantity(number("10"))), executor());
    portfolio.give(bar("A", 1, "10", "10", "100"), "02");
    let buy = order(&portfolio.give(signal("A", SignalDirection::Long, "02"), "02")[0]);
    assert_eq!(account(&portfolio), ["1000", "110.11", "0", "0"]);

    let mut reports = executor.give(buy, "02");
    reports.extend(executor.give(bar("A", 2, "10.5", "12", "100"), "03"));
    assert_eq!(reports.len(), 2, "NEW, then TRADE");
    for report in reports {
        portfolio.give(report.payload, "02");
    }
    // 10 at 10.5 and a fee of 10 basis points.
    assert_eq!(account(&portfolio), ["894.895", "0", "100", "0.105"]);
    portfolio.give(bar("A", 2, "10.5", "12", "100"), "03");
    assert_eq!(account(&portfolio), ["894.895", "0", "120", "0.105"]);

    let again = portfolio.try_give(signal("A", SignalDirection::Long, "03"), "03");
    assert_eq!(again, (Disposition::Ignored("already_long"), vec![]));
    let sell = order(&portfolio.give(signal("A", SignalDirection::Short, "03"), "03")[0]);
    assert_eq!(
        (sell.side, sell.quantity.to_string().as_str()),
        (OrderSide::Sell, "10")
    );
    let twice = portfolio.try_give(signal("A", SignalDirection::Short, "03"), "03");
    assert_eq!(
        twice.0,
        Disposition::Ignored("nothing_to_sell"),
        "what is held is on its way out already"
    );

    executor.give(sell, "03");
    for report in executor.give(bar("A", 3, "11", "11", "100"), "04") {
        portfolio.give(report.payload, "03");
    }
    assert_eq!(account(&portfolio), ["1004.785", "0", "0", "0.215"]);
}

#[test]
fn a_rejected_order_frees_its_reservation() {
    let (mut portfolio, mut executor) =
        (portfolio(Sizing::FixedQuantity(number("10"))), executor());
    portfolio.give(bar("A", 1, "10", "10", "100"), "02");
    let mut buy = order(&portfolio.give(signal("A", SignalDirection::Long, "02"), "02")[0]);
    buy.reduce_only = Some(true);
    let rejected = executor.give(buy, "02");
    assert_eq!(rejected.len(), 1, "REJECTED comes alone");
    portfolio.give(rejected[0].payload.clone(), "02");
    assert_eq!(account(&portfolio), ["1000", "0", "0", "0"]);
}

#[test]
fn no_order_without_reason() {
    type Prepare = fn(&mut Scene<Portfolio>);
    let cases: [(&str, Prepare); 3] = [
        ("no_known_price", |_| {}),
        ("below_minimum", |scene| {
            drop(scene.give(bar("A", 1, "5000", "5000", "1"), "02"));
        }),
        ("price_not_positive", |scene| {
            drop(scene.give(bar("A", 1, "0", "0", "1"), "02"));
        }),
    ];
    for (reason, prepare) in cases {
        let mut scene = portfolio(Sizing::PercentEquity(number("0.30")));
        prepare(&mut scene);
        let given = scene.try_give(signal("A", SignalDirection::Long, "02"), "02");
        assert_eq!(given, (Disposition::Ignored(reason), vec![]));
    }
    let mut expired = signal("A", SignalDirection::Long, "02");
    expired.expires_at = expired.timestamp;
    let mut scene = portfolio(Sizing::PercentEquity(number("0.30")));
    assert_eq!(
        scene.try_give(expired, "03").0,
        Disposition::Ignored("signal_expired")
    );
}

/// A portfolio with a BUY of 10 on its way, and what the executor says about it, a bar of 4 and then one of 100.
fn partly_filled() -> (Scene<Portfolio>, Vec<Payload>) {
    let (mut portfolio, mut executor) =
        (portfolio(Sizing::FixedQuantity(number("10"))), executor());
    portfolio.give(bar("A", 1, "10", "10", "100"), "02");
    let buy = order(&portfolio.give(signal("A", SignalDirection::Long, "02"), "02")[0]);
    let mut reports = executor.give(buy, "02");
    reports.extend(executor.give(bar("A", 2, "10", "10", "4"), "03"));
    reports.extend(executor.give(bar("A", 3, "10", "10", "100"), "04"));
    assert_eq!(reports.len(), 3, "NEW, 4, then 6");
    let reports = reports.into_iter().map(|report| report.payload).collect();
    (portfolio, reports)
}

#[test]
fn fills_in_any_order_lead_to_the_same_account() {
    for order in [[0, 1, 2], [0, 2, 1], [2, 1, 0], [2, 0, 1]] {
        let (mut portfolio, reports) = partly_filled();
        for at in order {
            let given = portfolio.try_give(reports[at].clone(), "04");
            let late_new = at == 0 && order[2] == 0;
            if !late_new {
                assert_eq!(given.0, Disposition::Applied, "{order:?} {at}");
            }
        }
        assert_eq!(
            account(&portfolio),
            ["899.9", "0", "100", "0.1"],
            "{order:?}"
        );
    }
}

#[test]
fn what_an_order_cannot_have_done_changes_nothing() {
    use ingenium_types::event::ExecutionType;
    let (mut scene, reports) = partly_filled();
    let Payload::ExecutorExecution(fill) = reports[1].clone() else {
        panic!("an execution")
    };
    let before = account(&scene);
    let mut overfill = fill.clone();
    overfill.last_quantity = "11".parse().ok();
    overfill.execution_id = "overfill".parse().expect("an id");
    let mut overfilled_end = fill.clone();
    overfilled_end.exec_type = ExecutionType::Canceled;
    overfilled_end.status = ingenium_types::event::OrderStatus::Canceled;
    overfilled_end.cumulative_quantity = "11".parse().expect("a quantity");
    let mut unknown = fill.clone();
    unknown.order_id = "unknown".parse().expect("an id");
    let mut other_side = fill.clone();
    other_side.side = OrderSide::Sell;
    let mut bust = fill;
    bust.exec_type = ExecutionType::TradeCancel;
    bust.reference_execution_id = "nobody-knows".parse().ok();
    for (execution, reason) in [
        (overfill, "execution_overfills"),
        (overfilled_end, "execution_overfills"),
        (unknown, "execution_of_unknown_order"),
        (other_side, "execution_of_other_side"),
        (bust, "execution_reference_unknown"),
    ] {
        let given = scene.try_give(execution, "04");
        assert_eq!(given, (Disposition::Ignored(reason), vec![]));
        assert_eq!(account(&scene), before);
    }
    for report in &reports {
        scene.give(report.clone(), "04");
    }
    let after_the_end = scene.try_give(reports[1].clone(), "04");
    assert_eq!(after_the_end.0, Disposition::Ignored("execution_known"));
}

#[test]
fn a_share_of_any_equity_can_be_stated() {
    let mut scene = portfolio(Sizing::PercentEquity(number("0.333333333333")));
    scene.role.initial_cash = number("1000.123456789");
    scene.give(bar("A", 1, "10", "10", "100"), "02");
    let emitted = scene.give(signal("A", SignalDirection::Long, "02"), "02");
    let cap = order(&emitted[0]).max_notional.map(|cap| cap.to_string());
    assert_eq!(cap.as_deref(), Some("333.3744855959"));
    assert_eq!(
        account(&scene)[1],
        "333.3744855959",
        "and no more is reserved"
    );
}
