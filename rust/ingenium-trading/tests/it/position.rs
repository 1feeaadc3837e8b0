//! Positions: the worked table, and that no cent is lost.

use ingenium_trading::position::Position;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::scene::number;

#[test]
fn the_table_of_the_docs_holds() {
    let mut position = Position::default();
    let mut check = |quantity: &str, price: &str, expected: [&str; 3]| {
        position
            .apply(number(quantity), number(price))
            .expect("fits");
        let found = [position.quantity, position.cost, position.realized]
            .map(|value| value.normalize().to_string());
        assert_eq!(found, expected, "after {quantity} at {price}");
    };
    check("10", "5", ["10", "50", "0"]);
    check("20", "6.5", ["30", "180", "0"]);
    check("-10", "7", ["20", "120", "10"]);
    check("-30", "5", ["-10", "50", "-10"]);
    check("10", "4", ["0", "0", "0"]);
    check("3", "1", ["3", "3", "0"]);
    check("-1", "1", ["2", "2", "0"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn cash_and_profit_agree_to_the_last_digit(
        fills in prop::collection::vec((-500_i64..500, 1_i64..100_000), 1..40),
        mark in 1_i64..100_000,
    ) {
        let mut position = Position::default();
        let mut cash = Decimal::ZERO;
        for (quantity, cents) in fills.into_iter().filter(|(quantity, _)| *quantity != 0) {
            let (quantity, price) = (Decimal::from(quantity), Decimal::new(cents, 2));
            position.apply(quantity, price).expect("small amounts fit");
            cash -= quantity * price;
            prop_assert!(position.cost >= Decimal::ZERO);
        }
        let mark = Decimal::new(mark, 2);
        let equity = cash + position.value(mark).expect("fits");
        prop_assert_eq!(equity, position.realized + position.unrealized(mark).expect("fits"));
    }
}
