//! Wilder's smoothing of amounts that are not negative.

use ingenium_types::exact::power_of_ten;
use rust_decimal::Decimal;

/// `(average·(n − 1) + change) / n`, rounded half up to as many digits as a decimal holds; `None` where the result has
/// too many before the point.
///
/// This is what decimals give digit for digit but for the last; one division of integers takes a fraction of the time
/// of theirs, and it is most of what a bar costs.
pub(super) fn smooth(average: Decimal, change: Decimal, n: u32) -> Option<Decimal> {
    let (mut average, mut scale) = widened(average);
    let (change, change_scale) = (change.mantissa().unsigned_abs(), change.scale());
    loop {
        let ten = power_of_ten(scale.checked_sub(change_scale)?)?.unsigned_abs();
        let weighted = average.checked_mul(u128::from(n.checked_sub(1)?))?;
        let sum = change
            .checked_mul(ten)
            .and_then(|change| weighted.checked_add(change));
        let rounded = sum.and_then(|sum| sum.checked_add(u128::from(n / 2)));
        if let Some(rounded) = rounded {
            return narrowed(rounded / u128::from(n), scale);
        }
        average = (average + 5) / 10;
        scale -= 1;
    }
}

/// The mantissa with as many digits as a decimal can hold.
fn widened(value: Decimal) -> (u128, u32) {
    let (mantissa, scale) = (value.mantissa().unsigned_abs(), value.scale());
    // A tenth of a digit less than what fits: log10(2) is above 0.3.
    let room = (mantissa.leading_zeros() - HIGH_BITS) * 3 / 10;
    let more = room.min(Decimal::MAX_SCALE - scale);
    match power_of_ten(more) {
        Some(power) if more > 0 => (mantissa * power.unsigned_abs(), scale + more),
        _ => (mantissa, scale),
    }
}

/// A decimal with as many digits after the point as fit.
fn narrowed(mut mantissa: u128, mut scale: u32) -> Option<Decimal> {
    while mantissa.leading_zeros() < HIGH_BITS {
        scale = scale.checked_sub(1)?;
        mantissa = (mantissa + 5) / 10;
    }
    Decimal::try_from_i128_with_scale(i128::try_from(mantissa).ok()?, scale).ok()
}

/// The bits of 128 that a decimal does not have.
const HIGH_BITS: u32 = 32;
