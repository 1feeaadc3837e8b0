//! Words of schemas in files of other languages: names, literals, comments. Whatever stands in a schema, none of it
//! becomes code.

/// A string literal that JSON, TypeScript, Python, Go and Java read alike.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            // Java translates `\u` before it reads anything else; no control character comes from a schema, though.
            _ if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                literal.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
            _ => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Words in lines of at most `width` characters, where words allow it.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_before(text, width, |_| true)
}

/// As [`wrap`], with a line break only before words that may start a line.
pub(super) fn wrap_before(text: &str, width: usize, may_start: fn(&str) -> bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + 1 + word.chars().count() <= width || !may_start(word) =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `LimitPrice` is `limit_price`, `OHLCData` is `ohlc_data`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(index + 1);
        let starts = before.is_some_and(|before| !before.is_ascii_uppercase())
            || after.is_some_and(|after| after.is_ascii_lowercase());
        if letter.is_ascii_uppercase() && index > 0 && starts && !snake.ends_with('_') {
            snake.push('_');
        }
        match letter {
            '.' | '-' => snake.push('_'),
            _ => snake.push(letter.to_ascii_lowercase()),
        }
    }
    snake
}

/// `LimitPrice` is `limitPrice`, `OHLCData` is `ohlcData`.
pub(super) fn camel(name: &str) -> String {
    let snake = snake(name);
    let mut words = snake.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &capital(word))
}

/// `STOP_LIMIT` is `StopLimit`.
pub(super) fn title(name: &str) -> String {
    let words = name.split(['_', '.', '-']).filter(|word| !word.is_empty());
    words
        .map(|word| capital(&word.to_ascii_lowercase()))
        .collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// `name`, or with an underscore behind it where it is one of `words`.
pub(super) fn unreserved(name: String, words: &[&str]) -> String {
    if words.contains(&name.as_str()) {
        name + "_"
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::{camel, literal, snake, title, unreserved, wrap};

    #[test]
    fn names_follow_the_language() {
        for (name, snake_case, camel_case) in [
            ("Symbol", "symbol", "symbol"),
            ("LimitPrice", "limit_price", "limitPrice"),
            ("OHLCData", "ohlc_data", "ohlcData"),
            ("TradeId2", "trade_id2", "tradeId2"),
        ] {
            assert_eq!(snake(name), snake_case);
            assert_eq!(camel(name), camel_case);
        }
        assert_eq!(title("STOP_LIMIT"), "StopLimit");
        assert_eq!(unreserved("class".to_owned(), &["class"]), "class_");
    }

    #[test]
    fn literals_hold_what_they_are_given() {
        assert_eq!(literal("a\"b\\u0041\n"), r#""a\"b\\u0041\u000a""#);
        assert_eq!(literal("\u{2028}"), r#""\u2028""#);
    }

    #[test]
    fn long_texts_are_wrapped_at_words() {
        assert_eq!(wrap("a bb ccc dddddd", 6), ["a bb", "ccc", "dddddd"]);
    }
}
