//! Figures: what is a number.

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
