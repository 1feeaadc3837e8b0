//! Values and casts (clauses 3.1 and 3.7).

use std::borrow::Cow;
use std::fmt;

use ingenium_contract::Attribute;

use super::error::EvaluationError;

/// A value. URIs, timestamps and binary attributes are strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// _Boolean_.
    Boolean(bool),
    /// _Integer_, 32 bit.
    Integer(i32),
    /// _String_.
    String(Cow<'a, str>),
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// _Boolean_.
    Boolean,
    /// _Integer_.
    Integer,
    /// _String_.
    String,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::String => "String",
        })
    }
}

impl Type {
    /// The zero value: what an operation gives that could not be carried out.
    pub(super) const fn zero(self) -> Value<'static> {
        match self {
            Self::Boolean => Value::Boolean(false),
            Self::Integer => Value::Integer(0),
            Self::String => Value::String(Cow::Borrowed("")),
        }
    }
}

impl<'a> From<Attribute<'a>> for Value<'a> {
    fn from(attribute: Attribute<'a>) -> Self {
        match attribute {
            Attribute::String(text) => Self::String(Cow::Borrowed(text)),
            Attribute::Integer(number) => Self::Integer(number),
            Attribute::Boolean(value) => Self::Boolean(value),
        }
    }
}

impl<'a> Value<'a> {
    /// The type.
    #[must_use]
    pub const fn type_of(&self) -> Type {
        match self {
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::String(_) => Type::String,
        }
    }

    /// As a Boolean: an integer that is not 0 is true, a text has to be `true` or `false` in any case.
    pub(crate) fn to_boolean(&self) -> Result<bool, EvaluationError> {
        match self {
            Self::Boolean(value) => Ok(*value),
            Self::Integer(number) => Ok(*number != 0),
            Self::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Self::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Self::String(_) => Err(self.no(Type::Boolean)),
        }
    }

    /// As an Integer: true is 1, a text has to be a decimal number of 32 bits, perhaps with a sign.
    pub(super) fn to_integer(&self) -> Result<i32, EvaluationError> {
        match self {
            Self::Boolean(value) => Ok(i32::from(*value)),
            Self::Integer(number) => Ok(*number),
            Self::String(text) => text.parse().map_err(|_| self.no(Type::Integer)),
        }
    }

    /// As a String, which everything can be.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::String(text) => text,
        }
    }

    fn no(&self, wanted: Type) -> EvaluationError {
        let value = self.clone().into_text().chars().take(40).collect();
        EvaluationError::Cast { value, wanted }
    }
}
