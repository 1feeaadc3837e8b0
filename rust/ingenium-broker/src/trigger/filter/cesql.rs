//! CloudEvents SQL 1.0: expressions over the attributes of an event.
//!
//! Pure and total: an expression that was parsed gives a value for every event, and beside it what went wrong. It is
//! bounded by [`MAX_LENGTH`], [`MAX_DEPTH`] and [`MAX_TEXT`].
//!
//! | Step | Module |
//! |---|---|
//! | text to tokens | `lexer` |
//! | tokens to a tree | `parser`, `syntax` |
//! | values and what they are cast to | `value` |
//! | functions and patterns | `function`, `like` |
//! | a tree and an event to a value | `evaluation`, `operator`, `call` |
//!
//! Source: CloudEvents SQL Expression Language, version 1.0.0 (cloudevents/spec, `cesql/spec.md`); the clauses named
//! in the modules are of that text.

mod call;
mod error;
mod evaluation;
mod function;
mod lexer;
mod like;
mod operator;
mod parser;
mod syntax;
mod value;

use ingenium_contract::CloudEvent;

pub use self::error::{EvaluationError, ParseError};
pub use self::value::Value;
use super::Profile;

/// The longest expression that is read, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// How deep parentheses, calls, sets and unary operators may stand in each other.
pub const MAX_DEPTH: usize = 64;

/// The longest text that a function may make, in bytes; a longer one is a `functionEvaluation` error.
pub const MAX_TEXT: usize = 65_536;

/// A parsed expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    root: syntax::Node,
    unknown: Option<ParseError>,
}

/// What an expression is for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation<'a> {
    /// The value; after an error, the one that the specification defines.
    pub value: Value<'a>,
    /// What went wrong, in order; only the first where the profile stops at errors.
    pub errors: Vec<EvaluationError>,
}

impl Expression {
    /// Parses an expression.
    ///
    /// ```
    /// # use ingenium_broker::trigger::filter::cesql::Expression;
    /// assert!(Expression::parse("type LIKE 'ingenium.%' AND EXISTS partitionkey").is_ok());
    /// let error = Expression::parse("type = = 'x'").expect_err("no expression");
    /// assert_eq!(error.to_string(), "line 1, column 8: found `=` where a value is expected");
    /// ```
    ///
    /// # Errors
    /// The first place where it is no expression, or the limit that it exceeds.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (root, unknown) = parser::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            root,
            unknown,
        })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first call of a function that does not exist: legal in the language, and an error whenever it is evaluated.
    #[must_use]
    pub const fn unknown_function(&self) -> Option<&ParseError> {
        self.unknown.as_ref()
    }

    /// Evaluates the expression. Whether evaluation stops at the first error, and in which order `AND` and `OR` are
    /// taken, is a matter of the profile; [`Profile::Ingenium`] is what the specification says.
    #[must_use]
    pub fn evaluate<'a>(&'a self, event: &'a CloudEvent, profile: Profile) -> Evaluation<'a> {
        evaluation::evaluate(&self.root, event, profile)
    }
}

/// Equal texts are equal expressions.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}
