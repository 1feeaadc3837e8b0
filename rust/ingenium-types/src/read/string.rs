//! String tokens of RFC 8259: plain ones eight bytes at a time, the others byte by byte.

use std::borrow::Cow;

use super::{Reader, Text};
use crate::refusal::{Refusal, Rule};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Has the high bit of the lowest byte that is a quote, a backslash, a control character or not ASCII.
///
/// Each term is the classic test for a zero byte. Its borrow can only mark bytes above a marked one, so the lowest
/// mark is always true.
const fn special(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    ((quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | below_space
        | word)
        & HIGHS
}

impl<'a> Reader<'a> {
    /// The index of the first byte from `at` on that is a quote, a backslash, a control character or not ASCII.
    #[inline]
    fn plain_until(&self, mut at: usize) -> usize {
        while let Some(chunk) = self.bytes[at..].first_chunk() {
            let marks = special(u64::from_le_bytes(*chunk));
            if marks != 0 {
                return at + marks.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        while let Some(b' '..=b'!' | b'#'..=b'[' | b']'..=b'~' | 0x7f) = self.bytes.get(at) {
            at += 1;
        }
        at
    }

    /// Reads a string if it comes next without white space, escapes and characters beyond ASCII; else stays.
    #[inline]
    pub fn plain(&mut self) -> Option<&'a str> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let end = self.plain_until(start);
        if self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        let text = std::str::from_utf8(&self.bytes[start..end]).ok()?;
        self.at = end + 1;
        Some(text)
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
