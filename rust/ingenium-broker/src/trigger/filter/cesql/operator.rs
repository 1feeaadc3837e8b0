//! What operators give (clauses 3.4.1 and 3.4.2).

use super::error::EvaluationError;
use super::syntax::{Arithmetic, Comparison};

impl Arithmetic {
    /// The result in 32 bits, quotients rounded towards 0 and remainders with the sign of the dividend; where there is
    /// none, 0 and an error.
    pub(super) fn apply(self, left: i32, right: i32) -> (i32, Option<EvaluationError>) {
        let (result, operation) = match self {
            Self::Multiply => (left.checked_mul(right), "*"),
            Self::Divide => (left.checked_div(right), "/"),
            Self::Remainder => (left.checked_rem(right), "%"),
            Self::Add => (left.checked_add(right), "+"),
            Self::Subtract => (left.checked_sub(right), "-"),
        };
        or_zero(result, operation)
    }
}

/// The value with the other sign.
pub(super) fn negate(number: i32) -> (i32, Option<EvaluationError>) {
    or_zero(number.checked_neg(), "-")
}

/// The value without its sign; for the least integer the greatest and an error.
pub(super) fn absolute(number: i32) -> (i32, Option<EvaluationError>) {
    match number.checked_abs() {
        Some(absolute) => (absolute, None),
        None => (i32::MAX, Some(EvaluationError::Math { operation: "ABS" })),
    }
}

fn or_zero(result: Option<i32>, operation: &'static str) -> (i32, Option<EvaluationError>) {
    match result {
        Some(result) => (result, None),
        None => (0, Some(EvaluationError::Math { operation })),
    }
}

impl Comparison {
    /// What it says of two integers.
    pub(super) const fn holds(self, left: i32, right: i32) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}
