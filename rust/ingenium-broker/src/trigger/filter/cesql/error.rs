//! What can be wrong with an expression, and what can go wrong with it (clause 3.3).

use super::value::Type;

/// A text that is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was found there, and what is expected.
    pub problem: String,
}

impl ParseError {
    /// An error at a byte of the text.
    pub(super) fn at(text: &str, offset: usize, problem: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            problem,
        }
    }
}

/// What went wrong in an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// _MathError_: a division by zero, or a number beyond 32 bits.
    #[error("`{operation}` has no 32-bit result")]
    Math {
        /// The operator or function.
        operation: &'static str,
    },
    /// _CastError_.
    #[error("`{value}` is no {wanted}")]
    Cast {
        /// The value as text.
        value: String,
        /// What it should have become.
        wanted: Type,
    },
    /// _MissingAttributeError_.
    #[error("the event has no attribute `{name}`")]
    MissingAttribute {
        /// The attribute.
        name: String,
    },
    /// _MissingFunctionError_.
    #[error("there is no function `{name}` of {arguments} arguments")]
    MissingFunction {
        /// Its name in capitals.
        name: String,
        /// How many arguments it was given.
        arguments: usize,
    },
    /// _FunctionEvaluationError_.
    #[error("`{function}`: {problem}")]
    Function {
        /// The function.
        function: &'static str,
        /// What it cannot do.
        problem: String,
    },
}
