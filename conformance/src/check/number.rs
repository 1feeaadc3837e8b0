//! Numbers that a text names.

/// How often a text names a number: by itself, not as a part of a word, a longer number, a date or a time.
pub(super) fn times_named(number: usize, text: &str) -> usize {
    let wanted = number.to_string();
    let plain = without_colours(text);
    plain
        .match_indices(&wanted)
        .filter(|(at, _)| {
            let before = &plain[..*at];
            let after = &plain[at + wanted.len()..];
            !continues(before.chars().rev()) && !continues(after.chars())
        })
        .count()
}

/// Whether a number goes on here, seen from its edge: `07:` before it, `.5` or `ms` after it.
fn continues(mut rest: impl Iterator<Item = char>) -> bool {
    match rest.next() {
        Some('.' | ':' | '-') => rest.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() || c == '_',
        None => false,
    }
}

/// The text without escape sequences: their last letter would stand before a number that is printed in colour.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            let is_last = |c: &char| c.is_ascii_alphabetic();
            rest.by_ref().find(is_last);
            plain.push(' ');
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::times_named;

    #[test]
    fn a_number_stands_by_itself() {
        let cases = [
            ("67 rows malformed, not sent", 1),
            ("malformed=67", 1),
            (r#"{"sent":24,"malformed":67}"#, 1),
            ("left out: 67.", 1),
            ("67/91 rows", 1),
            ("67, of which 67 are malformed", 2),
            ("\u{1b}[3mmalformed\u{1b}[0m=\u{1b}[1m67\u{1b}[0m", 1),
            ("", 0),
            ("started at 07:00", 0),
            ("067 rows", 0),
            ("2020-01-67", 0),
            ("12:67:00", 0),
            ("12:00:00.67", 0),
            ("took 67ms", 0),
            ("took 0.67 s, 67.5 rows a second", 0),
            ("1067 6712 T67 _67", 0),
        ];
        for (text, times) in cases {
            assert_eq!(times_named(67, text), times, "{text}");
        }
    }
}
