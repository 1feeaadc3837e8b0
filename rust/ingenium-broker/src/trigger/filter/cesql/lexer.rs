//! Text to tokens (clause 2).

use super::error::ParseError;

/// A token and the byte where it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) start: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// Letters, digits and `_`: a keyword, a name or a number.
    Word(&'t str),
    /// A string literal without its quotes and escapes.
    Text(String),
    Symbol(&'static str),
    End,
}

impl std::fmt::Display for Kind<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Text(_) => f.write_str("a string"),
            Self::Symbol(symbol) => write!(f, "`{symbol}`"),
            Self::End => f.write_str("the end"),
        }
    }
}

/// Longer ones before those that they start with.
const SYMBOLS: [&str; 15] = [
    "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%",
];

/// The tokens of a text, [`Kind::End`] last.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        let rest = &text[start..];
        let kind = match first {
            ' ' | '\t' | '\r' | '\n' => {
                at += 1;
                continue;
            }
            '\'' | '"' => {
                let (value, length) = string(text, start, first)?;
                at += length;
                Kind::Text(value)
            }
            'a'..='z' | 'A'..='Z' | '0'..='9' => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                at += length;
                Kind::Word(&rest[..length])
            }
            other => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let Some(symbol) = symbol else {
                    let problem = format!("`{}` means nothing here", other.escape_debug());
                    return Err(ParseError::at(text, start, problem));
                };
                at += symbol.len();
                Kind::Symbol(symbol)
            }
        };
        tokens.push(Token { kind, start });
    }
    tokens.push(Token {
        kind: Kind::End,
        start: text.len(),
    });
    Ok(tokens)
}

/// The value of a string literal and its length with quotes. A backslash keeps the next character from ending the
/// literal, and goes away before the quote itself; elsewhere both stay, for patterns.
fn string(text: &str, start: usize, quote: char) -> Result<(String, usize), ParseError> {
    let mut value = String::new();
    let mut characters = text[start..].char_indices().skip(1);
    while let Some((offset, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok((value, offset + 1)),
            '\\' => match characters.next() {
                Some((_, escaped)) if escaped == quote => value.push(quote),
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    let problem = format!("the string has no closing `{quote}`");
    Err(ParseError::at(text, start, problem))
}
