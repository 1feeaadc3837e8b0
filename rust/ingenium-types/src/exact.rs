//! Money arithmetic that says when a result does not fit, instead of rounding in silence.
//!
//! `rust_decimal` rounds products beyond 28 decimals, and even its `checked_add` may return the first operand
//! unchanged when the second is too small to show. Here the true result is computed in 256 bits first.
//! Results are without trailing zeros.
//!
//! | Operation | Exact or rounded |
//! |---|---|
//! | [`add`], [`sub`], [`mul`] | exact, or [`Inexact`] |
//! | [`mul_div`], [`round`] | once, half to even, to [`MONEY_SCALE`] decimals |
//! | [`floor_to`], [`div_floor_to`] | down to a multiple of a lot |

use std::cmp::Ordering;

use ethnum::I256;
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals after the point of every amount that is rounded (average price, commission, removed cost).
pub const MONEY_SCALE: u32 = 12;

/// The true result needs more digits than a decimal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inexact;

impl std::fmt::Display for Inexact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the exact amount needs more digits than a decimal holds")
    }
}

impl std::error::Error for Inexact {}

/// The exact sum.
///
/// # Errors
/// [`Inexact`] when the sum does not fit.
pub fn add(a: Decimal, b: Decimal) -> Result<Decimal, Inexact> {
    if let (Some((a, scale_a)), Some((b, scale_b))) = (small(a), small(b)) {
        let sum = match (a, b) {
            (_, 0) => Some((a, scale_a)),
            (0, _) => Some((b, scale_b)),
            _ if scale_a == scale_b => a.checked_add(b).map(|sum| (sum, scale_a)),
            _ => None,
        };
        if let Some((sum, scale)) = sum {
            return Ok(narrowed(sum, false, scale));
        }
    }
    if let Some((a, b, scale)) = aligned(a, b)
        && let Some(sum) = a.checked_add(b)
        && let Some(sum) = narrow_small(sum, scale)
    {
        return Ok(sum);
    }
    let scale = a.scale().max(b.scale());
    // 96-bit mantissas times at most 10^28 stay below 2^190.
    let sum = I256::from(a.mantissa()) * ten_to(scale - a.scale())?
        + I256::from(b.mantissa()) * ten_to(scale - b.scale())?;
    narrow(sum, scale)
}

/// The exact difference.
///
/// # Errors
/// [`Inexact`] when the difference does not fit.
pub fn sub(a: Decimal, b: Decimal) -> Result<Decimal, Inexact> {
    if let (Some((a, scale_a)), Some((b, scale_b))) = (small(a), small(b))
        && scale_a == scale_b
    {
        return Ok(narrowed(a.abs_diff(b), a < b, scale_a));
    }
    add(a, -b)
}

/// The exact product.
///
/// # Errors
/// [`Inexact`] when the product does not fit.
pub fn mul(a: Decimal, b: Decimal) -> Result<Decimal, Inexact> {
    if let (Some((a, scale_a)), Some((b, scale_b))) = (small(a), small(b))
        && let Some(product) = a.checked_mul(b)
        && scale_a + scale_b <= Decimal::MAX_SCALE
    {
        return Ok(narrowed(product, false, scale_a + scale_b));
    }
    if let Some(product) = times(a.mantissa(), b.mantissa())
        && let Some(product) = narrow_small(product, a.scale() + b.scale())
    {
        return Ok(product);
    }
    narrow(
        I256::from(a.mantissa()) * I256::from(b.mantissa()),
        a.scale() + b.scale(),
    )
}

/// `a * b / c`, rounded once, half to even, to [`MONEY_SCALE`] decimals.
///
/// # Errors
/// [`Inexact`] when `c` is zero or the result does not fit.
pub fn mul_div(a: Decimal, b: Decimal, c: Decimal) -> Result<Decimal, Inexact> {
    let (a, b, c) = (a.normalize(), b.normalize(), c.normalize());
    if c.is_zero() {
        return Err(Inexact);
    }
    // In units of 10^-MONEY_SCALE the quotient is ma·mb·10^up / (mc·10^down).
    let (up, down) = (MONEY_SCALE + c.scale(), a.scale() + b.scale());
    let product = I256::from(a.mantissa()) * I256::from(b.mantissa());
    let numerator = product
        .checked_mul(ten_to(up.saturating_sub(down))?)
        .ok_or(Inexact)?;
    let denominator = I256::from(c.mantissa())
        .checked_mul(ten_to(down.saturating_sub(up))?)
        .ok_or(Inexact)?;
    narrow(div_half_even(numerator, denominator), MONEY_SCALE)
}

/// Rounded half to even to [`MONEY_SCALE`] decimals.
#[must_use]
pub fn round(value: Decimal) -> Decimal {
    value
        .round_dp_with_strategy(MONEY_SCALE, RoundingStrategy::MidpointNearestEven)
        .normalize()
}

/// The largest multiple of `lot` that is at most `value`; zero for a negative value.
///
/// # Errors
/// [`Inexact`] when `lot` is not above zero.
pub fn floor_to(value: Decimal, lot: Decimal) -> Result<Decimal, Inexact> {
    div_floor_to(value, Decimal::ONE, lot)
}

/// The largest multiple of `lot` whose product with `b` is at most `a`; zero for a negative `a`.
///
/// # Errors
/// [`Inexact`] when `b` or `lot` is not above zero, or the result does not fit.
pub fn div_floor_to(a: Decimal, b: Decimal, lot: Decimal) -> Result<Decimal, Inexact> {
    if b <= Decimal::ZERO || lot <= Decimal::ZERO {
        return Err(Inexact);
    }
    if a <= Decimal::ZERO {
        return Ok(Decimal::ZERO);
    }
    let price_of_a_lot = I256::from(b.mantissa()) * I256::from(lot.mantissa());
    let scale = b.scale() + lot.scale();
    let numerator = I256::from(a.mantissa())
        .checked_mul(ten_to(scale.saturating_sub(a.scale()))?)
        .ok_or(Inexact)?;
    let denominator = price_of_a_lot
        .checked_mul(ten_to(a.scale().saturating_sub(scale))?)
        .ok_or(Inexact)?;
    let lots = narrow(numerator / denominator, 0)?;
    mul(lots, lot)
}

/// The order of two decimals: that of `Ord`, in a few instructions where their scales are close, as those of the prices of
/// one instrument are.
#[must_use]
#[inline]
pub fn compare(a: Decimal, b: Decimal) -> Ordering {
    if let (Some((a, scale_a)), Some((b, scale_b))) = (small(a), small(b))
        && scale_a == scale_b
    {
        return a.cmp(&b);
    }
    match aligned(a, b) {
        Some((a, b, _)) => a.cmp(&b),
        None => a.cmp(&b),
    }
}

/// The order of `a·b` and `c·d`, without rounding and without a limit to their digits.
#[must_use]
pub fn compare_products((a, b): (Decimal, Decimal), (c, d): (Decimal, Decimal)) -> Ordering {
    let (scale_ab, scale_cd) = (a.scale() + b.scale(), c.scale() + d.scale());
    let (whole_a, whole_b, whole_c, whole_d) =
        (a.mantissa(), b.mantissa(), c.mantissa(), d.mantissa());
    let short = || {
        let (ab, cd) = (times(whole_a, whole_b)?, times(whole_c, whole_d)?);
        Some(match scale_ab.cmp(&scale_cd) {
            Ordering::Equal => ab.cmp(&cd),
            Ordering::Less => times(ab, power_of_ten(scale_cd - scale_ab)?)?.cmp(&cd),
            Ordering::Greater => ab.cmp(&times(cd, power_of_ten(scale_ab - scale_cd)?)?),
        })
    };
    if let Some(order) = short() {
        return order;
    }
    let (ab, cd) = (
        I256::from(whole_a) * I256::from(whole_b),
        I256::from(whole_c) * I256::from(whole_d),
    );
    let up = |value: I256, by: u32| ten_to(by).ok().and_then(|ten| value.checked_mul(ten));
    match (
        up(ab, scale_cd.saturating_sub(scale_ab)),
        up(cd, scale_ab.saturating_sub(scale_cd)),
    ) {
        (Some(ab), Some(cd)) => ab.cmp(&cd),
        // Two mantissas have 192 bits at most: one that does not fit 255 is beyond the other, on its side of zero.
        (None, _) => ab.cmp(&I256::new(0)),
        (_, None) => I256::new(0).cmp(&cd),
    }
}

/// The product, if it surely has 127 bits or fewer: a look at the lengths takes less than a checked product.
#[inline]
const fn times(a: i128, b: i128) -> Option<i128> {
    let zeros = a.unsigned_abs().leading_zeros() + b.unsigned_abs().leading_zeros();
    if zeros > 128 { Some(a * b) } else { None }
}

/// Mantissa and scale, where the mantissa has at most 64 bits and no sign: what prices mostly are.
#[inline]
const fn small(value: Decimal) -> Option<(u64, u32)> {
    let parts = value.unpack();
    if parts.negative || parts.hi != 0 {
        return None;
    }
    Some((((parts.mid as u64) << 32) | parts.lo as u64, parts.scale))
}

/// Both mantissas at the larger scale, if the scales are close: 96 bits times 10^9 stay below 2^127.
#[inline]
fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, u32)> {
    let (scale_a, scale_b) = (a.scale(), b.scale());
    let (a, b) = (a.mantissa(), b.mantissa());
    if scale_a == scale_b {
        return Some((a, b, scale_a));
    }
    let apart = scale_a.abs_diff(scale_b);
    if apart > 9 {
        return None;
    }
    let factor = power_of_ten(apart)?;
    Some(if scale_a < scale_b {
        (a * factor, b, scale_b)
    } else {
        (a, b * factor, scale_a)
    })
}

/// The decimal without trailing zeros, if the mantissa has 64 bits and the scale is one of a decimal: what money mostly
/// is.
#[inline]
fn narrow_small(mantissa: i128, scale: u32) -> Option<Decimal> {
    let magnitude = u64::try_from(mantissa.unsigned_abs()).ok()?;
    (scale <= Decimal::MAX_SCALE).then(|| narrowed(magnitude, mantissa < 0, scale))
}

/// The decimal without trailing zeros; `scale` is one of a decimal.
#[inline]
fn narrowed(mut magnitude: u64, negative: bool, mut scale: u32) -> Decimal {
    while scale > 0 && magnitude.is_multiple_of(10) {
        magnitude /= 10;
        scale -= 1;
    }
    let (low, mid) = (magnitude as u32, (magnitude >> 32) as u32);
    Decimal::from_parts(low, mid, 0, negative, scale)
}

/// 10 to the power of `exponent`, if 127 bits hold it.
#[must_use]
#[inline]
pub fn power_of_ten(exponent: u32) -> Option<i128> {
    const POWERS: [i128; 39] = {
        let mut powers = [1; 39];
        let mut exponent = 1;
        while exponent < powers.len() {
            powers[exponent] = powers[exponent - 1] * 10;
            exponent += 1;
        }
        powers
    };
    POWERS.get(exponent as usize).copied()
}

fn ten_to(power: u32) -> Result<I256, Inexact> {
    I256::new(10).checked_pow(power).ok_or(Inexact)
}

fn div_half_even(numerator: I256, denominator: I256) -> I256 {
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    let (rest, half) = (remainder.abs(), denominator.abs() - remainder.abs());
    if rest > half || (rest == half && quotient % 2 != 0) {
        quotient + numerator.signum() * denominator.signum()
    } else {
        quotient
    }
}

fn narrow(mut mantissa: I256, mut scale: u32) -> Result<Decimal, Inexact> {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    let mantissa = i128::try_from(mantissa).map_err(|_| Inexact)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Inexact)
}
