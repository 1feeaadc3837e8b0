//! The tree of an expression.

use super::function::Call;
use super::like::Pattern;
use super::value::Type;

/// An expression. Operators of one precedence that follow each other are one node, however many they are: the depth of
/// the tree is the depth of the text's parentheses, calls, sets and unary operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Boolean(bool),
    Integer(i32),
    String(String),
    Attribute(Identifier),
    Exists(Identifier),
    Not(Box<Self>),
    Negate(Box<Self>),
    Like {
        operand: Box<Self>,
        pattern: Pattern,
        negated: bool,
    },
    In {
        operand: Box<Self>,
        set: Vec<Self>,
        negated: bool,
    },
    Arithmetic(Box<Chain<Arithmetic>>),
    Comparison(Box<Chain<Comparison>>),
    Logic(Box<Chain<Logic>>),
    Call(Call),
}

/// Operands with the operators between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain<O> {
    pub(super) first: Node,
    pub(super) rest: Vec<(O, Node)>,
}

/// The name of an attribute. The language knows no case in names, attributes have lower case only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identifier {
    pub(super) name: String,
    /// Whether the name was written with a capital letter.
    pub(super) has_capitals: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
    Xor,
}

impl Node {
    /// The type of what it gives; of an attribute, which may be of any, that which the specification assumes.
    pub(super) const fn returns(&self) -> Type {
        match self {
            Self::Integer(_) | Self::Negate(_) | Self::Arithmetic(_) => Type::Integer,
            Self::String(_) => Type::String,
            Self::Call(call) => call.returns(),
            Self::Boolean(_)
            | Self::Attribute(_)
            | Self::Exists(_)
            | Self::Not(_)
            | Self::Like { .. }
            | Self::In { .. }
            | Self::Comparison(_)
            | Self::Logic(_) => Type::Boolean,
        }
    }
}
