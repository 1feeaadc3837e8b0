//! A pattern in the dialect of another language, with the meaning that it has in the schema.
//!
//! Dialects differ where a pattern looks harmless: `$` also matches before a last line feed in Python and Java, `&&` in a
//! class is an intersection in Java, `{` alone is a character in one and an error in another. So a pattern is taken
//! apart and written anew.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassSet, ClassSetItem, ClassSetUnion, GroupKind, RepetitionKind,
    RepetitionRange,
};

/// How a language writes what differs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// The start and the end of the text.
    pub(crate) anchors: [&'static str; 2],
    /// Any character but a line feed.
    pub(crate) dot: &'static str,
    /// A character beyond printable ASCII, by its code point.
    pub(crate) code_point: fn(u32) -> String,
}

/// ECMA-262 with the flag `u`.
pub(crate) const ECMA: Dialect = Dialect {
    anchors: ["^", "$"],
    dot: r"[^\n]",
    code_point: |code| format!(r"\u{{{code:x}}}"),
};

/// Python's `re`.
pub(crate) const PYTHON: Dialect = Dialect {
    anchors: [r"\A", r"\Z"],
    dot: r"[^\n]",
    code_point: |code| format!(r"\U{code:08x}"),
};

/// RE2, as Go has it, and `java.util.regex`.
pub(crate) const BRACED: Dialect = Dialect {
    anchors: [r"\A", r"\z"],
    dot: r"[^\n]",
    code_point: |code| format!(r"\x{{{code:x}}}"),
};

/// The pattern in this dialect.
///
/// # Errors
/// The construct that has no such form: classes with a name, flags, words' borders.
pub(crate) fn print(pattern: &str, dialect: Dialect) -> Result<String, String> {
    let ast = Parser::new()
        .parse(pattern)
        .map_err(|error| error.kind().to_string())?;
    let mut text = String::new();
    node(&ast, dialect, &mut text)?;
    Ok(text)
}

fn node(ast: &Ast, dialect: Dialect, text: &mut String) -> Result<(), String> {
    match ast {
        Ast::Empty(_) => {}
        Ast::Dot(_) => text.push_str(dialect.dot),
        Ast::Literal(literal) => character(literal.c, dialect, text),
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::StartLine | AssertionKind::StartText => {
                text.push_str(dialect.anchors[0]);
            }
            AssertionKind::EndLine | AssertionKind::EndText => text.push_str(dialect.anchors[1]),
            _ => return Err("a border of words".to_owned()),
        },
        Ast::ClassBracketed(class) => {
            text.push_str(if class.negated { "[^" } else { "[" });
            match &class.kind {
                ClassSet::Item(one) => item(one, dialect, text)?,
                ClassSet::BinaryOp(_) => return Err("an operation on classes".to_owned()),
            }
            text.push(']');
        }
        Ast::Repetition(repetition) => {
            if !repetition.greedy {
                return Err("a lazy repetition".to_owned());
            }
            group(&repetition.ast, dialect, text)?;
            text.push_str(&match &repetition.op.kind {
                RepetitionKind::ZeroOrOne => "?".to_owned(),
                RepetitionKind::ZeroOrMore => "*".to_owned(),
                RepetitionKind::OneOrMore => "+".to_owned(),
                RepetitionKind::Range(RepetitionRange::Exactly(times)) => format!("{{{times}}}"),
                RepetitionKind::Range(RepetitionRange::AtLeast(least)) => format!("{{{least},}}"),
                RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => {
                    format!("{{{least},{most}}}")
                }
            });
        }
        Ast::Group(inner) => {
            if matches!(&inner.kind, GroupKind::NonCapturing(flags) if !flags.items.is_empty()) {
                return Err("a flag".to_owned());
            }
            text.push_str("(?:");
            node(&inner.ast, dialect, text)?;
            text.push(')');
        }
        Ast::Alternation(alternation) => {
            for (index, part) in alternation.asts.iter().enumerate() {
                if index > 0 {
                    text.push('|');
                }
                node(part, dialect, text)?;
            }
        }
        Ast::Concat(concat) => {
            for part in &concat.asts {
                node(part, dialect, text)?;
            }
        }
        Ast::Flags(_) => return Err("a flag".to_owned()),
        Ast::ClassUnicode(_) | Ast::ClassPerl(_) => return Err("a class with a name".to_owned()),
    }
    Ok(())
}

/// What is repeated: one character or class as it is, anything longer in a group.
fn group(ast: &Ast, dialect: Dialect, text: &mut String) -> Result<(), String> {
    let whole = matches!(
        ast,
        Ast::Literal(_) | Ast::Dot(_) | Ast::ClassBracketed(_) | Ast::Group(_)
    );
    if whole {
        return node(ast, dialect, text);
    }
    text.push_str("(?:");
    node(ast, dialect, text)?;
    text.push(')');
    Ok(())
}

fn item(item: &ClassSetItem, dialect: Dialect, text: &mut String) -> Result<(), String> {
    match item {
        ClassSetItem::Empty(_) => {}
        ClassSetItem::Literal(literal) => member(literal.c, dialect, text),
        ClassSetItem::Range(range) => {
            member(range.start.c, dialect, text);
            text.push('-');
            member(range.end.c, dialect, text);
        }
        ClassSetItem::Union(ClassSetUnion { items, .. }) => {
            for one in items {
                self::item(one, dialect, text)?;
            }
        }
        ClassSetItem::Bracketed(_) => return Err("a class within a class".to_owned()),
        ClassSetItem::Ascii(_) | ClassSetItem::Unicode(_) | ClassSetItem::Perl(_) => {
            return Err("a class with a name".to_owned());
        }
    }
    Ok(())
}

/// A character outside a class.
fn character(c: char, dialect: Dialect, text: &mut String) {
    escaped(c, r"\^$.|?*+()[]{}/", "", dialect, text);
}

/// A character of a class. `&` and `~` are operators in classes of some dialects, and ECMA does not let them be
/// escaped.
fn member(c: char, dialect: Dialect, text: &mut String) {
    escaped(c, r"\^[]-/", "&~", dialect, text);
}

fn escaped(c: char, syntax: &str, operators: &str, dialect: Dialect, text: &mut String) {
    if syntax.contains(c) {
        text.push('\\');
        text.push(c);
    } else if (c.is_ascii_graphic() || c == ' ') && !operators.contains(c) {
        text.push(c);
    } else {
        text.push_str(&(dialect.code_point)(u32::from(c)));
    }
}

#[cfg(test)]
mod tests {
    use super::{BRACED, ECMA, PYTHON, print};

    #[track_caller]
    fn check(pattern: &str, ecma: &str, python: &str, braced: &str) {
        assert_eq!(print(pattern, ECMA).as_deref(), Ok(ecma));
        assert_eq!(print(pattern, PYTHON).as_deref(), Ok(python));
        assert_eq!(print(pattern, BRACED).as_deref(), Ok(braced));
    }

    #[test]
    fn anchors_are_those_of_the_text() {
        check("^a$", "^a$", r"\Aa\Z", r"\Aa\z");
    }

    #[test]
    fn classes_hold_characters_only() {
        check(
            "[a&~]",
            r"[a\u{26}\u{7e}]",
            r"[a\U00000026\U0000007e]",
            r"[a\x{26}\x{7e}]",
        );
        check(
            r"[^\x00-\x1f]",
            r"[^\u{0}-\u{1f}]",
            r"[^\U00000000-\U0000001f]",
            r"[^\x{0}-\x{1f}]",
        );
    }

    #[test]
    fn repetitions_keep_their_bounds() {
        check(
            "(?:ab){2}c?d{1,3}",
            "(?:ab){2}c?d{1,3}",
            "(?:ab){2}c?d{1,3}",
            "(?:ab){2}c?d{1,3}",
        );
    }

    #[test]
    fn what_has_no_common_form_is_refused() {
        for pattern in [r"\d", r"\bword", "(?i)a", "[[:alpha:]]", "a+?", "[a&&b]"] {
            assert!(print(pattern, ECMA).is_err(), "{pattern}");
        }
    }
}
