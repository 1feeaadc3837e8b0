//! With margin: short positions, reversals, and how much credit there is.

use ingenium_trading::portfolio::Portfolio;
use ingenium_trading::risk::{Margin, Mode};
use ingenium_trading::sizing::Sizing;
use ingenium_types::event::{OrderSide, SignalDirection};
use rust_decimal::Decimal;

use crate::scene::{Scene, number, order, second};
use crate::venue::{Ticket, account, holding, outcome, place, portfolio, tick, wish};

/// Buys or sells what makes the position `quantity`, at `price`.
pub(crate) fn hold(scene: &mut Scene<Portfolio>, quantity: &str, price: &str) {
    let quantity = number(quantity);
    if quantity.is_zero() {
        return;
    }
    let side = if quantity > Decimal::ZERO {
        OrderSide::Buy
    } else {
        OrderSide::Sell
    };
    let ticket = Ticket {
        id: "before".to_owned(),
        symbol: "A".to_owned(),
        side,
        quantity: quantity.abs(),
    };
    place(scene, &ticket, 2);
    let deal = (ticket.quantity, number(price), Decimal::ZERO);
    scene.give_as(
        "filled",
        ticket.fill("f", deal, ticket.quantity, 2),
        second(3),
    );
    assert_eq!(holding(scene, "A").position.quantity, quantity);
}

pub(crate) fn with_margin(sizing: Sizing) -> Scene<Portfolio> {
    let mut role = portfolio(sizing);
    role.mode = Mode::Margin(Margin {
        initial: number("0.5"),
        maintenance: number("0.25"),
    });
    let mut scene = Scene::new(role);
    scene.give_as("bar", tick("A", 1, number("10")), second(1));
    scene
}

#[test]
fn signals_open_close_and_reverse() {
    use SignalDirection::{Flat, Long, Short};
    for (held, direction, expected) in [
        ("0", Long, "BUY 10"),
        ("0", Short, "SELL 10"),
        ("0", Flat, "nothing_to_close"),
        ("7", Long, "already_long"),
        ("7", Short, "SELL 17"),
        ("7", Flat, "SELL 7"),
        ("-7", Long, "BUY 17"),
        ("-7", Short, "already_short"),
        ("-7", Flat, "BUY 7"),
    ] {
        let mut scene = with_margin(Sizing::FixedQuantity(Decimal::TEN));
        hold(&mut scene, held, "10");
        let given = scene.give_as("s", wish("A", direction, 5), second(5));
        assert_eq!(outcome(given), expected, "{held} {direction:?}");
        if expected.contains(' ') {
            let again = scene.give_as("t", wish("A", Flat, 5), second(5));
            assert_eq!(outcome(again), "order_already_open");
        }
    }
}

#[test]
fn credit_ends_at_the_initial_margin() {
    use SignalDirection::{Long, Short};
    // Equity 10,000 and an initial rate of 0.5: positions of 20,000, at 10 a piece.
    for (held, quantity, direction, expected) in [
        ("0", "2000", Long, "BUY 2000"),
        ("0", "2001", Long, "below_minimum"),
        ("0", "2000", Short, "SELL 2000"),
        // A reversal frees the margin of what it closes; without room for more it only closes.
        ("2000", "2000", Short, "SELL 4000"),
        ("2000", "2001", Short, "SELL 2000"),
        ("-2000", "2000", Long, "BUY 4000"),
    ] {
        let mut scene = with_margin(Sizing::FixedQuantity(number(quantity)));
        hold(&mut scene, held, "10");
        let given = scene.give_as("s", wish("A", direction, 5), second(5));
        assert_eq!(outcome(given), expected, "{held} {quantity} {direction:?}");
    }
    // Another symbol's position, and its open order, use the same margin.
    let mut scene = with_margin(Sizing::FixedQuantity(number("1500")));
    hold(&mut scene, "600", "10");
    scene.give_as("bar-b", tick("B", 4, number("10")), second(4));
    let given = scene.give_as("s", wish("B", Long, 5), second(5));
    assert_eq!(outcome(given), "below_minimum");
}

#[test]
fn below_the_maintenance_margin_nothing_is_opened() {
    let mut scene = with_margin(Sizing::FixedQuantity(Decimal::ONE));
    hold(&mut scene, "2000", "10");
    // 2,000 at 6.5 less 10,000 of credit is an equity of 3,000, less than a quarter of 13,000.
    scene.give_as("fall", tick("A", 4, number("6.5")), second(4));
    scene.give_as("bar-b", tick("B", 4, Decimal::ONE), second(4));
    assert_eq!(account(&scene).equity(), Ok(number("3000")));
    let given = scene.give_as("s", wish("B", SignalDirection::Long, 5), second(5));
    assert_eq!(outcome(given), "below_minimum", "there is no buying power");
    let given = scene.give_as("t", wish("A", SignalDirection::Flat, 6), second(6));
    assert_eq!(outcome(given), "SELL 2000", "an exit passes");
}

#[test]
fn a_buy_reserves_what_it_closes_and_what_it_opens() {
    let mut scene = with_margin(Sizing::FixedQuantity(Decimal::TEN));
    hold(&mut scene, "-7", "10");
    let (_, emitted) = scene.give_as("s", wish("A", SignalDirection::Long, 5), second(5));
    let cap = order(&emitted[0]).max_notional.map(|cap| cap.get());
    assert_eq!(cap, Some(number("187")), "17 at 10, and a tenth more");
    assert_eq!(account(&scene).reserved, number("187"));
}
