//! Functions (clause 3.5): which there are, and what those of strings give.

use std::borrow::Cow;

use super::MAX_TEXT;
use super::error::EvaluationError;
use super::syntax::Node;
use super::value::Type;

/// A call, with as many arguments as its function has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    Length(Box<Node>),
    Concat(Vec<Node>),
    ConcatWs(Box<Node>, Vec<Node>),
    Lower(Box<Node>),
    Upper(Box<Node>),
    Trim(Box<Node>),
    Left(Box<[Node; 2]>),
    Right(Box<[Node; 2]>),
    Substring(Box<[Node; 2]>),
    SubstringOfLength(Box<[Node; 3]>),
    Abs(Box<Node>),
    Int(Box<Node>),
    Bool(Box<Node>),
    String(Box<Node>),
    /// There is no such function; its arguments are never looked at.
    Unknown {
        name: String,
        arguments: usize,
    },
}

impl Call {
    pub(super) const NAMES: [&str; 13] = [
        "LENGTH",
        "CONCAT",
        "CONCAT_WS",
        "LOWER",
        "UPPER",
        "TRIM",
        "LEFT",
        "RIGHT",
        "SUBSTRING",
        "ABS",
        "INT",
        "BOOL",
        "STRING",
    ];

    /// The call of a function, its name in capitals.
    pub(super) fn new(name: &str, mut arguments: Vec<Node>) -> Self {
        let unknown = Self::Unknown {
            name: name.to_owned(),
            arguments: arguments.len(),
        };
        match name {
            "CONCAT" => return Self::Concat(arguments),
            "CONCAT_WS" if !arguments.is_empty() => {
                let separator = arguments.remove(0);
                return Self::ConcatWs(Box::new(separator), arguments);
            }
            _ => {}
        }
        let arguments = match <[Node; 1]>::try_from(arguments) {
            Ok([argument]) => return Self::unary(name, argument).unwrap_or(unknown),
            Err(arguments) => arguments,
        };
        let arguments = match <[Node; 2]>::try_from(arguments) {
            Ok(pair) => {
                return match name {
                    "LEFT" => Self::Left(Box::new(pair)),
                    "RIGHT" => Self::Right(Box::new(pair)),
                    "SUBSTRING" => Self::Substring(Box::new(pair)),
                    _ => unknown,
                };
            }
            Err(arguments) => arguments,
        };
        match (name, <[Node; 3]>::try_from(arguments)) {
            ("SUBSTRING", Ok(three)) => Self::SubstringOfLength(Box::new(three)),
            _ => unknown,
        }
    }

    fn unary(name: &str, argument: Node) -> Option<Self> {
        let call = match name {
            "LENGTH" => Self::Length,
            "LOWER" => Self::Lower,
            "UPPER" => Self::Upper,
            "TRIM" => Self::Trim,
            "ABS" => Self::Abs,
            "INT" => Self::Int,
            "BOOL" => Self::Bool,
            "STRING" => Self::String,
            _ => return None,
        };
        Some(call(Box::new(argument)))
    }

    /// The type of what it gives.
    pub(super) const fn returns(&self) -> Type {
        match self {
            Self::Length(_) | Self::Abs(_) | Self::Int(_) => Type::Integer,
            Self::Bool(_) | Self::Unknown { .. } => Type::Boolean,
            Self::Concat(_)
            | Self::ConcatWs(..)
            | Self::Lower(_)
            | Self::Upper(_)
            | Self::Trim(_)
            | Self::Left(_)
            | Self::Right(_)
            | Self::Substring(_)
            | Self::SubstringOfLength(_)
            | Self::String(_) => Type::String,
        }
    }
}

/// The text that a function gives, also where it fails.
pub(super) type Text<'a> = (Cow<'a, str>, Option<EvaluationError>);

fn failed<'a>(value: Cow<'a, str>, function: &'static str, problem: impl Into<String>) -> Text<'a> {
    let problem = problem.into();
    (value, Some(EvaluationError::Function { function, problem }))
}

/// The texts one after another with `separator` between them.
pub(super) fn concat<'a>(
    function: &'static str,
    separator: &str,
    texts: &[Cow<'_, str>],
) -> Text<'a> {
    let length: usize = texts.iter().map(|text| text.len() + separator.len()).sum();
    if length.saturating_sub(separator.len()) > MAX_TEXT {
        let problem = format!("the text would be longer than {MAX_TEXT} bytes");
        return failed(Cow::Borrowed(""), function, problem);
    }
    (Cow::Owned(texts.join(separator)), None)
}

/// The first `count` characters.
pub(super) fn left(text: Cow<'_, str>, count: i32) -> Text<'_> {
    let Ok(count) = usize::try_from(count) else {
        return failed(text, "LEFT", "the number of characters is negative");
    };
    let end = boundary(&text, count);
    (cut(text, 0, end), None)
}

/// The last `count` characters.
pub(super) fn right(text: Cow<'_, str>, count: i32) -> Text<'_> {
    let Ok(count) = usize::try_from(count) else {
        return failed(text, "RIGHT", "the number of characters is negative");
    };
    let start = boundary(&text, text.chars().count().saturating_sub(count));
    let end = text.len();
    (cut(text, start, end), None)
}

/// The characters from `position` on, which counts from 1, or from the end where it is negative; at most `length`.
pub(super) fn substring(text: Cow<'_, str>, position: i32, length: Option<i32>) -> Text<'_> {
    let empty = Cow::Borrowed("");
    let length = match length.map(usize::try_from) {
        None => usize::MAX,
        Some(Ok(length)) => length,
        Some(Err(_)) => return failed(empty, "SUBSTRING", "the length is negative"),
    };
    if position == 0 {
        return (empty, None);
    }
    let characters = text.chars().count();
    let distance = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX);
    if distance > characters {
        return failed(empty, "SUBSTRING", "the position is outside of the text");
    }
    let first = if position > 0 {
        distance - 1
    } else {
        characters - distance
    };
    let (start, end) = (
        boundary(&text, first),
        boundary(&text, first.saturating_add(length)),
    );
    (cut(text, start, end), None)
}

/// The byte where a character starts; the end of the text when there are fewer.
fn boundary(text: &str, character: usize) -> usize {
    let found = text.char_indices().nth(character);
    found.map_or(text.len(), |(offset, _)| offset)
}

fn cut(text: Cow<'_, str>, start: usize, end: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
    }
}
