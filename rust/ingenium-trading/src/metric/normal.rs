//! The standard normal distribution.

use std::f64::consts::{LN_2, PI, SQRT_2};

/// The share of the distribution below `x`.
pub(super) fn below(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// The point above which the share `tail` lies, for `0 < tail ≤ ½`; zero or more. `None` outside.
///
/// Newton on the logarithm of the tail: it is concave and the start lies beyond the solution (the tail above x is at
/// most `e^(−x²/2) / 2`), so each step comes nearer from the same side, whatever the tail.
pub(super) fn above(tail: f64) -> Option<f64> {
    if !(tail > 0.0 && tail <= 0.5) {
        return None;
    }
    let mut x = (-2.0 * (libm::log(tail) + LN_2)).max(0.0).sqrt();
    for _ in 0..64 {
        let beyond = below(-x);
        let density = libm::exp(-x * x / 2.0) / (2.0 * PI).sqrt();
        let step = libm::log(beyond / tail) * beyond / density;
        x += step;
        if step.abs() <= f64::EPSILON * x.abs() {
            break;
        }
    }
    x.is_finite().then_some(x.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_and_the_share_are_inverse() {
        for tail in [0.5, 0.499_999, 0.3, 0.05, 0.01, 1e-6, 1e-15, 1e-100, 1e-300] {
            let x = above(tail).expect("in range");
            let off = (below(-x) - tail).abs() / tail;
            assert!(off < 1e-12, "{tail}: {x} is off by {off}");
        }
        for outside in [0.0, -0.1, 0.500_001, 1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(above(outside), None, "{outside}");
        }
    }

    /// `scipy.stats.norm.isf` of scipy 1.17.
    #[test]
    fn known_points_are_met() {
        for (tail, expected) in [
            (0.25, 0.674_489_750_196_081_7),
            (0.025, 1.959_963_984_540_054_5),
            (0.001, 3.090_232_306_167_813),
            (1e-9, 5.997_807_015_007_687),
        ] {
            let x = above(tail).expect("in range");
            assert!((x - expected).abs() < 1e-13, "{tail}: {x}");
        }
    }
}
