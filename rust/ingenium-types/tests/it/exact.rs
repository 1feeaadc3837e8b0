//! Exact arithmetic against an independent 512-bit decimal.

use std::cmp::Ordering;

use fastnum::D512;
use fastnum::decimal::{Context, RoundingMode};
use ingenium_types::exact::{self, Inexact, MONEY_SCALE};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Contract decimals of every width.
fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,18})?",
        r"-?[1-9][0-9]{10,17}(\.[0-9]{1,10})?",
        r"-?[0-9](\.[0-9]{1,4})?",
    ]
    .prop_map(|text| Decimal::from_str_exact(&text).unwrap())
}

fn positive() -> impl Strategy<Value = Decimal> {
    decimal().prop_filter_map("zero", |value| (!value.is_zero()).then(|| value.abs()))
}

fn parse(text: &str) -> D512 {
    D512::from_str(
        text,
        Context::default().with_rounding_mode(RoundingMode::HalfEven),
    )
    .unwrap()
}

fn oracle(value: Decimal) -> D512 {
    parse(&value.to_string())
}

/// Whether a decimal can hold exactly this value.
fn fits(value: D512) -> bool {
    let value = value.reduce();
    let scale = value.fractional_digits_count().max(0);
    let mantissa = value.abs() * parse(&format!("1e{scale}"));
    scale <= 28 && mantissa <= oracle(Decimal::MAX)
}

/// The result is the true one, or there is none and the true one does not fit.
#[track_caller]
fn agree(found: Result<Decimal, Inexact>, truth: D512) {
    match found {
        Ok(found) => assert_eq!(oracle(found), truth),
        Err(Inexact) => assert!(!fits(truth), "{truth} fits"),
    }
}

/// `found` is the neighbour of `numerator / denominator` that half to even chooses. Nothing is divided, because the
/// oracle's own rounding looks at one digit only (it takes 2.51 for a tie).
#[track_caller]
fn nearest(found: Decimal, numerator: D512, denominator: D512) {
    assert!(found.scale() <= MONEY_SCALE, "{found}");
    let rest = (numerator - oracle(found) * denominator).abs() * parse("2");
    let unit = parse("0.000000000001") * denominator;
    assert!(rest <= unit, "{numerator} / {denominator} is not {found}");
    if rest == unit {
        let mut last = found;
        last.rescale(MONEY_SCALE);
        assert_eq!(last.mantissa() % 2, 0, "a tie goes to the even neighbour");
    }
}

/// Amounts as they mostly are, and those at the edge of 64 bits, where shorter arithmetic has to give way.
fn short() -> impl Strategy<Value = Decimal> {
    let edge = (-3_i128..=3).prop_map(|off| i128::from(u64::MAX) + off);
    let mantissa = prop_oneof![
        -100_000_i128..100_000,
        edge.clone(),
        edge.prop_map(|most| -most)
    ];
    (mantissa, 0_u32..=28).prop_map(|(mantissa, scale)| {
        Decimal::try_from_i128_with_scale(mantissa, scale).expect("it fits")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn short_amounts(a in short(), b in short()) {
        agree(exact::add(a, b), oracle(a) + oracle(b));
        agree(exact::sub(a, b), oracle(a) - oracle(b));
        agree(exact::mul(a, b), oracle(a) * oracle(b));
        prop_assert_eq!(exact::compare(a, b), a.cmp(&b));
    }

    #[test]
    fn order(a in decimal(), b in decimal(), c in decimal(), d in decimal()) {
        prop_assert_eq!(exact::compare(a, b), a.cmp(&b));
        let products = oracle(a) * oracle(b) - oracle(c) * oracle(d);
        // The oracle has a zero below zero.
        let order = if products.is_zero() {
            Some(Ordering::Equal)
        } else {
            products.partial_cmp(&parse("0"))
        };
        prop_assert_eq!(Some(exact::compare_products((a, b), (c, d))), order);
    }

    #[test]
    fn sums(a in decimal(), b in decimal()) {
        agree(exact::add(a, b), oracle(a) + oracle(b));
        agree(exact::sub(a, b), oracle(a) - oracle(b));
    }

    #[test]
    fn products(a in decimal(), b in decimal()) {
        agree(exact::mul(a, b), oracle(a) * oracle(b));
    }

    #[test]
    fn rounded_once(value in decimal()) {
        nearest(exact::round(value), oracle(value), oracle(Decimal::ONE));
    }

    #[test]
    fn quotients(a in decimal(), b in decimal(), c in positive()) {
        let Ok(found) = exact::mul_div(a, b, c) else {
            // A quotient that does not fit is above what a decimal with 12 places holds.
            let largest = parse("79228162514264");
            prop_assert!((oracle(a) * oracle(b)).abs() > largest * oracle(c));
            return Ok(());
        };
        nearest(found, oracle(a) * oracle(b), oracle(c));
    }

    #[test]
    fn lots(a in decimal(), price in positive(), lot in positive()) {
        let Ok(found) = exact::div_floor_to(a, price, lot) else {
            return Ok(());
        };
        prop_assert!(found >= Decimal::ZERO);
        let multiple = oracle(found);
        let cost = multiple * oracle(price);
        let next = (multiple + oracle(lot)) * oracle(price);
        if a > Decimal::ZERO {
            prop_assert!(cost <= oracle(a), "{} lots of {} cost more than {}", found, lot, a);
        } else {
            prop_assert_eq!(found, Decimal::ZERO);
        }
        prop_assert!(next > oracle(a), "one more lot of {} would still fit", lot);
    }
}

#[test]
fn what_the_plain_type_loses() {
    let dust = Decimal::from_str_exact("0.0000000000000000000000000001").unwrap();
    assert_eq!(exact::add(Decimal::MAX, dust), Err(Inexact));
    assert_eq!(exact::mul(dust, dust), Err(Inexact));
    assert_eq!(
        exact::mul_div(Decimal::ONE, Decimal::ONE, Decimal::ZERO),
        Err(Inexact)
    );
    assert_eq!(
        exact::div_floor_to(Decimal::ONE, Decimal::ZERO, Decimal::ONE),
        Err(Inexact)
    );
    assert_eq!(exact::floor_to(Decimal::ONE, Decimal::ZERO), Err(Inexact));
}

#[test]
fn ties_go_to_the_even_neighbour() {
    let decimal = |text| Decimal::from_str_exact(text).unwrap();
    for (value, rounded) in [
        ("0.0000000000005", "0"),
        ("0.0000000000015", "0.000000000002"),
        ("-0.0000000000025", "-0.000000000002"),
    ] {
        assert_eq!(exact::round(decimal(value)), decimal(rounded));
        let quotient = exact::mul_div(decimal(value), Decimal::ONE, Decimal::ONE);
        assert_eq!(quotient, Ok(decimal(rounded)));
    }
}
