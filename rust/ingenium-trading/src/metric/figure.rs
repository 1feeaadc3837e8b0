//! Figures: from exact amounts, to a report.

use rust_decimal::Decimal;

/// Digits of a reported figure: what summation order and platform leave alone.
const SIGNIFICANT: usize = 12;

/// The powers of ten that a decimal's scale may ask for; each is the nearest `f64`.
const TENS: [f64; 29] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
];

/// The number nearest to an exact amount, within two units in the last place.
#[expect(
    clippy::cast_precision_loss,
    reason = "the point of it: sixteen digits of twenty-eight"
)]
pub(super) fn real(amount: Decimal) -> f64 {
    // `Decimal::to_f64` adds integer and fraction apart and is further off.
    amount.mantissa() as f64 / TENS[amount.scale() as usize % TENS.len()]
}

/// A count as a number: exact below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "no slice in memory has 2^53 elements"
)]
pub(super) const fn count(n: usize) -> f64 {
    n as f64
}

/// `value`, if it is a number.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// `a / b` where that is a number.
pub(super) fn ratio(a: f64, b: f64) -> Option<f64> {
    finite(a / b)
}

/// `value` as a report states it: to twelve significant digits, without a negative zero; `None` for what is no number.
pub(super) fn reported(value: f64) -> Option<f64> {
    let text = format!("{value:.*e}", SIGNIFICANT - 1);
    text.parse().ok().and_then(finite).map(|value| value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_become_the_nearest_number() {
        let check = |text: &str, expected: f64| {
            let amount: Decimal = text.parse().expect("a decimal");
            let off = (real(amount) - expected).abs();
            assert!(off <= 2.0 * f64::EPSILON * expected.abs(), "{text}");
        };
        check("0", 0.0);
        check("-0.1", -0.1);
        check("806.85", 806.85);
        check("0.0000000000000000000000000001", 1e-28);
        check("79228162514264337593543950335", 7.922_816_251_426_434e28);
        check("7.9228162514264337593543950335", 7.922_816_251_426_434);
    }

    #[test]
    fn reports_have_twelve_digits() {
        assert_eq!(reported(1.0 / 3.0), Some(0.333_333_333_333));
        assert_eq!(reported(-2.0e9 / 3.0), Some(-666_666_666.667));
        assert_eq!(
            reported(-0.0).map(f64::to_bits),
            Some(0.0_f64.to_bits()),
            "a zero has no sign"
        );
        assert_eq!(reported(f64::MAX), Some(1.797_693_134_86e308));
        assert_eq!(reported(f64::NAN), None);
        assert_eq!(reported(f64::INFINITY), None);
    }
}
