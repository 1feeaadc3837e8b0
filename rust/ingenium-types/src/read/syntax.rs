//! Tokens of RFC 8259 but for strings.

use super::Reader;
use crate::refusal::{Refusal, Rule};

impl Reader<'_> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[cold]
    pub(super) fn refuse_here(&self, rule: Rule) -> Refusal {
        Refusal::new(rule, self.at..self.bytes.len().min(self.at + 1))
    }

    #[inline]
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
}
