//! Wilder's smoothing of amounts that are not negative.

use ingenium_types::exact::power_of_ten;
use rust_decimal::Decimal;

/// Digits of an average. Always as many, whatever its size: a series in cents and one in euros are rounded at the same
/// digit, and say the same.
const DIGITS: u32 = 24;

/// `(average·(n − 1) + change) / n`, rounded once, half up, to 24 digits or 28 decimals; `None` where the result has too
/// many digits before the point, or `n` is zero.
///
/// Integers of 128 bits divide in a fraction of the time that decimals take, and this is most of what a bar costs.
pub(super) fn smooth(average: Decimal, change: Decimal, n: u32) -> Option<Decimal> {
    let (weight, n) = (u128::from(n.checked_sub(1)?), u128::from(n));
    let (mut average, mut scale) = (average.mantissa().unsigned_abs(), average.scale());
    let change_scale = change.scale();
    let change = change.mantissa().unsigned_abs();
    let sum = loop {
        // Whichever has fewer decimals is raised to those of the other.
        let up = |value: u128, by: u32| match by {
            0 => Some(value),
            _ => times(value, power_of_ten(by)?.unsigned_abs()),
        };
        let weighted = times(average, weight);
        let weighted = weighted.and_then(|sum| up(sum, change_scale.saturating_sub(scale)));
        let change = up(change, scale.saturating_sub(change_scale));
        if let (Some(weighted), Some(change)) = (weighted, change)
            && let Some(sum) = weighted.checked_add(change)
        {
            scale = scale.max(change_scale);
            break sum;
        }
        // The average is so much smaller than the change, or the change than the average, that its end is not seen.
        (average, scale) = (average / 10, scale.checked_sub(1)?);
    };
    let (mut sum, mut whole) = (sum, sum / n);
    while digits(whole) < DIGITS && scale < Decimal::MAX_SCALE {
        // A quotient below one hides how many zeros it begins with: then this is done twice.
        let more = (DIGITS - digits(whole)).min(Decimal::MAX_SCALE - scale);
        sum = times(sum, power_of_ten(more)?.unsigned_abs())?;
        scale += more;
        whole = sum / n;
    }
    let less = digits(whole).saturating_sub(DIGITS).min(scale);
    let divisor = if less > 0 {
        let divisor = n.checked_mul(power_of_ten(less)?.unsigned_abs())?;
        (whole, scale) = (sum / divisor, scale - less);
        divisor
    } else {
        n
    };
    let rest = sum - whole * divisor;
    let rounded = whole + u128::from(rest >= divisor - rest);
    Decimal::try_from_i128_with_scale(i128::try_from(rounded).ok()?, scale).ok()
}

fn digits(number: u128) -> u32 {
    // As nearly always, and found out by two comparisons.
    if (LEAST..LEAST * 10).contains(&number) {
        return DIGITS;
    }
    number.checked_ilog10().map_or(0, |power| power + 1)
}

/// The smallest number of so many digits.
const LEAST: u128 = 10_u128.pow(DIGITS - 1);

/// The product, if it surely has 128 bits or fewer: a look at the lengths takes less than a checked product.
const fn times(a: u128, b: u128) -> Option<u128> {
    if a.leading_zeros() + b.leading_zeros() >= 128 {
        Some(a * b)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn averages_are_rounded_once_to_their_digits() {
        let third = smooth(Decimal::ZERO, decimal("1"), 3).expect("it fits");
        assert_eq!(third.to_string(), "0.333333333333333333333333");
        let next = smooth(third, decimal("2.50"), 3).expect("it fits");
        assert_eq!(next.to_string(), "1.05555555555555555555556");
        let large = smooth(Decimal::ZERO, decimal("7000000000000000000000000001"), 2);
        assert_eq!(large, Some(decimal("3500000000000000000000000001")));
        assert_eq!(smooth(Decimal::MAX, Decimal::MAX, 5), Some(Decimal::MAX));
    }

    #[test]
    fn ten_times_the_series_is_ten_times_the_average() {
        let (mut one, mut ten) = (Decimal::ZERO, Decimal::ZERO);
        for change in [
            "1", "0.07", "0", "13", "6.5", "0.01", "0", "0", "250", "1.1",
        ] {
            let change = decimal(change);
            one = smooth(one, change, 14).expect("it fits");
            ten = smooth(ten, change * Decimal::TEN, 14).expect("it fits");
            assert_eq!(one * Decimal::TEN, ten);
        }
    }

    #[test]
    fn amounts_of_very_different_size_meet() {
        let tiny = decimal("0.0000000000000000000000000001");
        let far = smooth(tiny, decimal("79228162514264337593543950335"), 2);
        assert_eq!(far, Some(decimal("39614081257132168796771975168")));
        assert_eq!(smooth(decimal("8"), tiny, 2), Some(decimal("4")));
        assert_eq!(smooth(tiny, Decimal::ZERO, 0), None);
    }
}
