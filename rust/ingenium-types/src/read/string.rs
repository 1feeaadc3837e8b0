//! String tokens of RFC 8259: plain ones eight bytes at a time, the others byte by byte.

use std::borrow::Cow;

use super::{Reader, Text};
use crate::refusal::{Refusal, Rule};

const ONES: u64 = 0x0101_0101_0101_0101;
/// Letters in all bytes but the lowest, for the last bytes of the input.
const LETTERS: u64 = (ONES << 8) * b'a' as u64;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks the high bit of bytes that equal `byte`, and perhaps of bytes above a marked one: the lowest mark is true.
const fn equal(word: u64, byte: u8) -> u64 {
    let differences = word ^ (ONES * byte as u64);
    differences.wrapping_sub(ONES) & !differences
}

/// Marks the high bit of bytes below `byte`, which is at most 128, as truly as [`equal`].
const fn below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(ONES * byte as u64) & !word
}

/// Marks what a plain string cannot hold: a quote, a backslash, a control character, what is not ASCII.
const fn special(word: u64) -> u64 {
    (equal(word, b'"') | equal(word, b'\\') | below(word, b' ') | word) & HIGHS
}

/// Marks quotes and backslashes.
const fn ends_or_escapes(word: u64) -> u64 {
    (equal(word, b'"') | equal(word, b'\\')) & HIGHS
}

/// Marks what does not travel in a header as it is: all that is special, space, percent sign, delete.
const fn encoded(word: u64) -> u64 {
    (special(word) | below(word, b'!') | equal(word, b'%') | equal(word, 0x7f)) & HIGHS
}

impl<'a> Reader<'a> {
    /// The index of the first byte from `at` on that `marks` marks, or of the end.
    #[inline]
    fn until(&self, mut at: usize, marks: impl Fn(u64) -> u64) -> usize {
        while let Some(chunk) = self.bytes[at..].first_chunk() {
            let marked = marks(u64::from_le_bytes(*chunk));
            if marked != 0 {
                return at + marked.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        while let Some(&byte) = self.bytes.get(at)
            && marks(u64::from(byte) | LETTERS) == 0
        {
            at += 1;
        }
        at
    }

    #[inline]
    fn unmarked(&mut self, marks: impl Fn(u64) -> u64) -> Option<&'a str> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let end = self.until(start, marks);
        if self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        let text = self.text.get(start..end)?;
        self.at = end + 1;
        Some(text)
    }

    /// Reads a string if it comes next without white space, escapes and characters beyond ASCII; else stays.
    #[inline]
    pub fn plain(&mut self) -> Option<&'a str> {
        self.unmarked(special)
    }

    /// Reads a string if it comes next and consists of `!` to `~` without quote, percent sign and backslash: what
    /// travels in an HTTP header as it is; else stays.
    #[inline]
    pub fn carried(&mut self) -> Option<&'a str> {
        match self.carried_exactly::<36>() {
            Some(uuid) => Some(uuid),
            None => self.unmarked(encoded),
        }
    }

    /// As [`carried`](Self::carried), for a string of `N` bytes: without a search for its end.
    #[inline]
    pub fn carried_exactly<const N: usize>(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let end = start + N;
        if self.peek() != Some(b'"') || self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        let bytes: &[u8; N] = self.bytes[start..].first_chunk()?;
        // All bytes are looked at, so that many are in one step.
        let legal = bytes.iter().fold(true, |legal, &byte| {
            legal
                & (byte > b' ')
                & (byte < 0x7f)
                & (byte != b'"')
                & (byte != b'%')
                & (byte != b'\\')
        });
        if !legal {
            return None;
        }
        let text = self.text.get(start..end)?;
        self.at = end + 1;
        Some(text)
    }

    /// Steps over the string `text` if it comes next, written as it is; else stays.
    #[inline]
    pub fn is(&mut self, text: &str) -> bool {
        let string = self.bytes[self.at..].strip_prefix(b"\"");
        let rest = string.and_then(|string| string.strip_prefix(text.as_bytes()));
        let is = rest.is_some_and(|rest| rest.first() == Some(&b'"'));
        if is {
            self.at += text.len() + 2;
        }
        is
    }

    /// Leaps to the end of an object that comes next, looking at quotes and braces only; else stays. Whether the
    /// object is one is to be seen later, when it is read.
    pub fn leap(&mut self) -> Option<()> {
        let mut at = self.at;
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(at)? {
                b'"' => {
                    at = self.until(at + 1, ends_or_escapes);
                    while self.bytes.get(at) == Some(&b'\\') {
                        at = self.until((at + 2).min(self.bytes.len()), ends_or_escapes);
                    }
                }
                b'{' => depth += 1,
                b'}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                self.at = at;
                return Some(());
            }
        }
    }

    /// Reads a string if `scan` takes it whole from the bytes after the quote, and says how many they are; else stays.
    #[inline]
    pub(crate) fn scan<T>(&mut self, scan: impl FnOnce(&[u8]) -> Option<(T, usize)>) -> Option<T> {
        let (b'"', text) = self.bytes[self.at..].split_first()? else {
            return None;
        };
        let (value, length) = scan(text)?;
        if text.get(length) != Some(&b'"') {
            return None;
        }
        self.at += length + 2;
        Some(value)
    }

    /// Reads a string token; the reader stands on its opening quote.
    #[inline]
    pub(super) fn string_token(&mut self) -> Result<Text<'a>, Refusal> {
        let start = self.at;
        match self.plain() {
            Some(text) => Ok(Text {
                text: Cow::Borrowed(text),
                span: start..self.at,
            }),
            None => self.any_string_token(),
        }
    }

    fn any_string_token(&mut self) -> Result<Text<'a>, Refusal> {
        let start = self.at;
        self.at += 1;
        let mut copied: Option<String> = None;
        let mut plain = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let tail = self.utf8(plain)?;
                    self.at += 1;
                    let text = match copied {
                        None => Cow::Borrowed(tail),
                        Some(mut text) => {
                            text.push_str(tail);
                            Cow::Owned(text)
                        }
                    };
                    return Ok(Text {
                        text,
                        span: start..self.at,
                    });
                }
                Some(b'\\') => {
                    let before = self.utf8(plain)?;
                    let text = copied.get_or_insert_default();
                    text.push_str(before);
                    let resolved = self.escape()?;
                    copied.get_or_insert_default().push(resolved);
                    plain = self.at;
                }
                Some(0..=0x1f) | None => return Err(self.refuse_here(Rule::JsonSyntax)),
                Some(_) => self.at += 1,
            }
        }
    }

    fn utf8(&self, start: usize) -> Result<&'a str, Refusal> {
        std::str::from_utf8(&self.bytes[start..self.at]).map_err(|error| {
            let at = start + error.valid_up_to();
            Refusal::new(Rule::JsonEncoding, at..at + 1)
        })
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let start = self.at;
        self.at += 1;
        let Some(kind) = self.peek() else {
            return Err(self.refuse_here(Rule::JsonSyntax));
        };
        self.at += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(start),
            _ => return Err(self.refuse_from(start, Rule::JsonSyntax)),
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Refusal> {
        let first = self.four_hex(start)?;
        let code = match first {
            0xd800..=0xdbff => {
                if !self.bytes[self.at..].starts_with(b"\\u") {
                    return Err(self.refuse_from(start, Rule::JsonSurrogate));
                }
                self.at += 2;
                let second = self.four_hex(start)?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.refuse_from(start, Rule::JsonSurrogate));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.refuse_from(start, Rule::JsonSurrogate))
    }

    fn four_hex(&mut self, start: usize) -> Result<u32, Refusal> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.refuse_from(start, Rule::JsonSyntax));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
