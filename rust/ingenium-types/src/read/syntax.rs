//! Tokens of RFC 8259.

use std::borrow::Cow;

use super::{Reader, Text};
use crate::refusal::{Refusal, Rule};

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn refuse_here(&self, rule: Rule) -> Refusal {
        Refusal::new(rule, self.at..self.bytes.len().min(self.at + 1))
    }

    pub(super) fn byte(&mut self, wanted: u8) -> Result<(), Refusal> {
        if self.peek() != Some(wanted) {
            return Err(self.refuse_here(Rule::JsonSyntax));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn literal(&mut self, word: &[u8]) -> Result<(), Refusal> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.refuse_here(Rule::JsonSyntax));
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<(), Refusal> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.refuse_here(Rule::JsonSyntax))
        } else {
            Ok(())
        }
    }

    /// Reads a string token; the reader stands on its opening quote.
    pub(super) fn string_token(&mut self) -> Result<Text<'a>, Refusal> {
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
