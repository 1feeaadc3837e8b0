//! Busts, corrections, and executions that come late, twice or in any order.

use ingenium_trading::Disposition;
use ingenium_trading::portfolio::{Portfolio, reconciliation};
use ingenium_trading::sizing::Sizing;
use ingenium_types::event::{
    ExecutionEvent, ExecutionType, OrderSide, OrderStatus, SignalDirection,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::scene::{Scene, number, order, second};
use crate::venue::{Ticket, holding, money, place, portfolio, tick, wish, with_deal};

type Deal = (Decimal, Decimal, Decimal);

fn scene() -> Scene<Portfolio> {
    let mut scene = Scene::new(portfolio(Sizing::FixedQuantity(Decimal::TEN)));
    scene.give_as("bar", tick("A", 0, number("10")), second(0));
    scene
}

fn ticket(id: &str, side: OrderSide, quantity: &str) -> Ticket {
    Ticket {
        id: id.to_owned(),
        symbol: "A".to_owned(),
        side,
        quantity: number(quantity),
    }
}

fn deal(quantity: &str, price: &str, fee: &str) -> Deal {
    (number(quantity), number(price), number(fee))
}

/// A report that takes the fill `reference` back.
fn bust(ticket: &Ticket, id: &str, reference: &str, filled: &str) -> ExecutionEvent {
    let (exec_type, status) = (ExecutionType::TradeCancel, OrderStatus::PartiallyFilled);
    let mut report = ticket.report(id, exec_type, status, number(filled), 5);
    report.reference_execution_id = reference.parse().ok();
    report
}

/// A report that the fill `reference` was another.
fn correct(ticket: &Ticket, id: &str, reference: &str, deal: Deal) -> ExecutionEvent {
    let mut report = bust(ticket, id, reference, "0");
    report.exec_type = ExecutionType::TradeCorrect;
    with_deal(report, deal)
}

fn give(scene: &mut Scene<Portfolio>, report: ExecutionEvent) -> Disposition {
    let id = format!("event-of-{}", report.execution_id);
    scene.give_as(&id, report, second(9)).0
}

/// A BUY of 10 that is filled in two parts, then what `then` says, and what is left: cash, fees, quantity, cost and
/// realized profit.
#[track_caller]
fn check(then: &[ExecutionEvent], expected: [&str; 5]) {
    let mut scene = scene();
    let buy = ticket("o1", OrderSide::Buy, "10");
    place(&mut scene, &buy, 1);
    give(
        &mut scene,
        buy.fill("f1", deal("4", "10", "1"), number("4"), 2),
    );
    give(
        &mut scene,
        buy.fill("f2", deal("6", "11", "2"), number("10"), 3),
    );
    for report in then {
        give(&mut scene, report.clone());
    }
    let [cash, _, _, fees, quantity, cost, realized] = money(&scene, "A");
    let found = [cash, fees, quantity, cost, realized].map(|value| value.to_string());
    assert_eq!(found, expected);
}

#[test]
fn a_fill_that_is_taken_back_has_never_happened() {
    let buy = ticket("o1", OrderSide::Buy, "10");
    check(&[], ["9891", "3", "10", "106", "0"]);
    check(&[bust(&buy, "b", "f1", "6")], ["9932", "2", "6", "66", "0"]);
    let twice = [bust(&buy, "b", "f1", "6"), bust(&buy, "b2", "f1", "6")];
    check(&twice, ["9932", "2", "6", "66", "0"]);
    let both = [bust(&buy, "b", "f1", "6"), bust(&buy, "b2", "f2", "0")];
    check(&both, ["10000", "0", "0", "0", "0"]);
}

#[test]
fn a_corrected_fill_has_happened_otherwise() {
    let buy = ticket("o1", OrderSide::Buy, "10");
    let first = correct(&buy, "c", "f1", deal("3", "12", "5"));
    check(std::slice::from_ref(&first), ["9891", "7", "9", "102", "0"]);
    // A correction may be corrected, or taken back, under its own id or that of the fill.
    let second = correct(&buy, "c2", "c", deal("4", "10", "1"));
    check(&[first.clone(), second], ["9891", "3", "10", "106", "0"]);
    let back = bust(&buy, "b", "c", "6");
    check(&[first.clone(), back], ["9932", "2", "6", "66", "0"]);
    check(&[first.clone(), first], ["9891", "7", "9", "102", "0"]);
    // An unknown commission is that of the fill.
    let mut unsaid = correct(&buy, "c", "f1", deal("4", "20", "0"));
    unsaid.commission = None;
    check(&[unsaid], ["9851", "3", "10", "146", "0"]);
}

#[test]
fn a_bust_of_an_open_order_reserves_again() {
    let mut scene = scene();
    let long = wish("A", SignalDirection::Long, 1);
    let (_, emitted) = scene.give_as("s", long, second(1));
    let buy = Ticket::of(&order(&emitted[0]));
    let before = money(&scene, "A");
    assert_eq!(before[1], number("110"), "10 at 10, and a tenth more");
    // The second fill costs more than was reserved.
    give(
        &mut scene,
        buy.fill("f1", deal("4", "10", "1"), number("4"), 2),
    );
    assert_eq!(money(&scene, "A")[1], number("69"));
    give(
        &mut scene,
        buy.fill("f2", deal("5", "20", "1"), number("9"), 2),
    );
    assert_eq!(money(&scene, "A")[1], Decimal::ZERO);
    give(&mut scene, bust(&buy, "b2", "f2", "4"));
    assert_eq!(money(&scene, "A")[1], number("69"));
    give(&mut scene, bust(&buy, "b1", "f1", "0"));
    assert_eq!(money(&scene, "A"), before);
}

#[test]
fn profit_that_was_taken_on_a_fill_is_counted_again() {
    let mut scene = scene();
    let (buy, sell) = (
        ticket("o1", OrderSide::Buy, "10"),
        ticket("o2", OrderSide::Sell, "4"),
    );
    place(&mut scene, &buy, 1);
    give(
        &mut scene,
        buy.fill("f1", deal("4", "10", "0"), number("4"), 2),
    );
    give(
        &mut scene,
        buy.fill("f2", deal("6", "20", "0"), number("10"), 3),
    );
    place(&mut scene, &sell, 4);
    give(
        &mut scene,
        sell.fill("f3", deal("4", "30", "0"), number("4"), 5),
    );
    // 160 / 10 is 16: the SELL of 4 at 30 gains 56.
    assert_eq!(holding(&scene, "A").position.realized, number("56"));
    give(&mut scene, bust(&buy, "b", "f1", "6"));
    // Bought at 20 alone, it gains 40.
    let position = holding(&scene, "A").position;
    assert_eq!(
        (position.quantity, position.cost, position.realized),
        (number("2"), number("40"), number("40"))
    );
}

#[test]
fn what_does_not_fit_is_flagged_and_counted() {
    let buy = ticket("o1", OrderSide::Buy, "10");
    let fill = |id: &str, quantity: &str, filled: &str| {
        buy.fill(id, deal(quantity, "10", "0"), number(filled), 2)
    };
    let mut unknown = fill("f9", "1", "1");
    unknown.order_id = "unknown".parse().expect("an id");
    let mut other_side = fill("f9", "1", "1");
    other_side.side = OrderSide::Sell;
    let canceled = |filled: &str| {
        let (exec_type, status) = (ExecutionType::Canceled, OrderStatus::Canceled);
        buy.report("end", exec_type, status, number(filled), 3)
    };
    let mut reconciled = fill("f2", "9", "13");
    reconciled.reconciled = Some(true);
    // What comes, the reason code of the last of it, and the position afterwards.
    let cases: [(Vec<ExecutionEvent>, &str, &str); 8] = [
        (vec![unknown], "execution_of_unknown_order", "0"),
        (vec![other_side], "execution_of_other_side", "0"),
        (
            vec![fill("f1", "4", "4"), fill("f2", "7", "10")],
            "execution_overfills",
            "4",
        ),
        (vec![canceled("11")], "execution_overfills", "0"),
        (
            vec![bust(&buy, "b", "f1", "0")],
            "execution_reference_unknown",
            "0",
        ),
        // A fill after the end has happened: the position is what the venue says it is.
        (
            vec![canceled("0"), fill("f1", "4", "4")],
            "execution_after_end",
            "4",
        ),
        (
            vec![canceled("4"), fill("f1", "3", "3"), fill("f2", "2", "5")],
            "execution_after_end",
            "5",
        ),
        // More than was ordered, but stated by a snapshot.
        (
            vec![fill("f1", "4", "4"), canceled("4"), reconciled],
            "execution_after_end",
            "13",
        ),
    ];
    for (reports, reason, position) in cases {
        let mut scene = scene();
        place(&mut scene, &buy, 1);
        let given = reports
            .iter()
            .map(|report| give(&mut scene, report.clone()));
        let last = given.last().expect("one at least");
        assert_eq!(last, Disposition::Ignored(reason), "{reports:#?}");
        let row = reconciliation(&scene.states).expect("it is flagged");
        assert_eq!(row.counts.get(reason), Some(&1), "{reason}");
        assert_eq!(
            holding(&scene, "A").position.quantity,
            number(position),
            "{reason}"
        );
    }
}

#[test]
fn a_bust_makes_room_for_a_fill_that_was_kept_aside() {
    let mut scene = scene();
    let buy = ticket("o1", OrderSide::Buy, "10");
    place(&mut scene, &buy, 1);
    give(
        &mut scene,
        buy.fill("f1", deal("4", "10", "0"), number("4"), 2),
    );
    // The venue has taken the 4 back and filled all 10 anew; that it did comes last.
    let all = buy.fill("f2", deal("10", "10", "0"), number("10"), 3);
    assert_eq!(
        give(&mut scene, all),
        Disposition::Ignored("execution_overfills")
    );
    assert_eq!(
        give(&mut scene, bust(&buy, "b", "f1", "0")),
        Disposition::Applied
    );
    let holding = holding(&scene, "A");
    assert_eq!(holding.position.quantity, Decimal::TEN);
    assert!(holding.orders.is_empty(), "and the order has ended");
}

#[test]
fn what_is_folded_cannot_be_corrected_and_the_rows_are_bounded() {
    let mut scene = scene();
    scene.role.keep.fills = 3;
    let buy = ticket("o1", OrderSide::Buy, "100");
    place(&mut scene, &buy, 1);
    for n in 1..=40_i64 {
        let id = format!("f{n}");
        give(
            &mut scene,
            buy.fill(&id, deal("1", "10", "0"), Decimal::from(n), n),
        );
        let rows = scene.states.range("fill/", "fill/").count();
        assert!(rows <= 6, "{rows} rows");
    }
    let before = money(&scene, "A");
    let late = give(&mut scene, bust(&buy, "b", "f1", "39"));
    assert_eq!(late, Disposition::Ignored("execution_reference_unknown"));
    assert_eq!(money(&scene, "A"), before);
    assert_eq!(
        give(&mut scene, bust(&buy, "b2", "f40", "38")),
        Disposition::Applied
    );
    assert_eq!(holding(&scene, "A").position.quantity, number("39"));
}

/// What a venue says of one order in the end: fills, which of them were taken back or corrected, and the end.
fn life(ticket: &Ticket, fills: &[(u8, u16, u8, u8)]) -> Vec<ExecutionEvent> {
    let mut reports = vec![ticket.report(
        "new",
        ExecutionType::New,
        OrderStatus::New,
        Decimal::ZERO,
        1,
    )];
    let mut filled = Decimal::ZERO;
    for (n, (quantity, price, fee, fate)) in fills.iter().enumerate() {
        let quantity = Decimal::from(*quantity).min(ticket.quantity - filled);
        if quantity <= Decimal::ZERO {
            break;
        }
        filled += quantity;
        let deal = (
            quantity,
            Decimal::new(i64::from(*price), 2),
            Decimal::new(i64::from(*fee), 2),
        );
        let fill = format!("f{n}");
        reports.push(ticket.fill(&fill, deal, filled, 2));
        match fate {
            0 => {
                filled -= quantity;
                reports.push(bust(ticket, &format!("b{n}"), &fill, &filled.to_string()));
            }
            1 if quantity > Decimal::ONE => {
                filled -= Decimal::ONE;
                let deal = (quantity - Decimal::ONE, deal.1 + Decimal::ONE, deal.2);
                let mut report = correct(ticket, &format!("c{n}"), &fill, deal);
                report.cumulative_quantity = filled.to_string().parse().expect("a quantity");
                reports.push(report);
            }
            _ => {}
        }
    }
    if filled < ticket.quantity {
        let (exec_type, status) = (ExecutionType::Canceled, OrderStatus::Canceled);
        reports.push(ticket.report("end", exec_type, status, filled, 3));
    }
    reports
}

fn shown(report: &ExecutionEvent) -> String {
    format!(
        "{} {} {} of {:?} at {:?}",
        report.execution_id,
        report.exec_type.as_str(),
        report.cumulative_quantity,
        report.last_quantity.map(|quantity| quantity.get()),
        report.last_price.map(|price| price.get()),
    )
}

/// What there is before: 7 held at an average that divides badly.
fn with_history() -> Scene<Portfolio> {
    let mut scene = scene();
    let before = ticket("before", OrderSide::Buy, "7");
    place(&mut scene, &before, 0);
    give(
        &mut scene,
        before.fill("p1", deal("7", "9.97", "0.01"), number("7"), 0),
    );
    scene
}

fn sides() -> impl Strategy<Value = OrderSide> {
    prop_oneof![Just(OrderSide::Buy), Just(OrderSide::Sell)]
}

fn fills(fates: std::ops::Range<u8>) -> impl Strategy<Value = Vec<(u8, u16, u8, u8)>> {
    prop::collection::vec((1_u8..8, 1_u16..3000, 0_u8..200, fates), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn duplicates_and_any_order_give_the_same_account(
        side in sides(),
        fills in fills(0..5),
        order in prop::collection::vec(any::<prop::sample::Index>(), 24),
    ) {
        let ticket = ticket("o1", side, "20");
        let reports = life(&ticket, &fills);
        let run = |reports: &[ExecutionEvent]| {
            let mut scene = with_history();
            place(&mut scene, &ticket, 1);
            for report in reports {
                give(&mut scene, report.clone());
            }
            (money(&scene, "A"), holding(&scene, "A").orders.is_empty())
        };
        let expected = run(&reports);
        prop_assert!(expected.1, "the order has ended: {reports:#?}");
        // Everything once, in any order, with duplicates in between.
        let mut shuffled = Vec::new();
        let mut left = reports.clone();
        for index in order.iter().cycle() {
            if left.is_empty() {
                break;
            }
            let report = left.remove(index.index(left.len()));
            if let Some(again) = shuffled.get(index.index(reports.len())).cloned() {
                shuffled.push(again);
            }
            shuffled.push(report);
        }
        let said = shuffled.iter().map(shown).collect::<Vec<_>>();
        prop_assert_eq!(run(&shuffled), expected, "{:#?}", said);
    }

    #[test]
    fn corrected_is_as_if_it_had_been_so_from_the_start(
        orders in prop::collection::vec((sides(), fills(2..3)), 1..3),
        fates in prop::collection::vec((0_u8..4, 1_u8..9, 1_u16..3000, 0_u8..200), 24),
        late in any::<bool>(),
    ) {
        let (mut scene, mut expected) = (with_history(), with_history());
        let (mut fates, mut corrections) = (fates.iter().cycle(), Vec::new());
        for (n, (side, fills)) in orders.iter().enumerate() {
            let ticket = ticket(&format!("o{n}"), *side, "100");
            place(&mut scene, &ticket, 1);
            place(&mut expected, &ticket, 1);
            for report in life(&ticket, fills) {
                let mut report = report;
                report.execution_id = format!("{n}-{}", report.execution_id).parse().expect("an id");
                give(&mut scene, report.clone());
                if report.exec_type != ExecutionType::Trade {
                    give(&mut expected, report);
                    continue;
                }
                let id = report.execution_id.to_string();
                match fates.next().expect("there is no end") {
                    (0, ..) => corrections.push(bust(&ticket, &format!("b{id}"), &id, "0")),
                    (1, quantity, price, fee) => {
                        let price = Decimal::new(i64::from(*price), 2);
                        let fee = Decimal::new(i64::from(*fee), 2);
                        let deal = (Decimal::from(*quantity), price, fee);
                        corrections.push(correct(&ticket, &format!("c{id}"), &id, deal));
                        give(&mut expected, with_deal(report, deal));
                    }
                    _ => {
                        give(&mut expected, report);
                    }
                }
                if !late {
                    for correction in corrections.drain(..) {
                        give(&mut scene, correction);
                    }
                }
            }
        }
        for correction in corrections {
            give(&mut scene, correction);
        }
        prop_assert_eq!(money(&scene, "A"), money(&expected, "A"));
    }
}
