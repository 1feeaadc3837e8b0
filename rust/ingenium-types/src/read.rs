//! The byte reader: strict JSON in one pass, no tree, positions kept.
//!
//! Decoders and the envelope share it, so both refuse the same bytes: byte order marks, duplicate
//! keys in any spelling, lone surrogates, trailing bytes, deep nesting, very wide objects.

use std::borrow::Cow;
use std::ops::Range;

use crate::refusal::{Refusal, Rule};

mod member;
mod names;
mod object;
mod string;
mod syntax;
mod tag_row;

pub use member::required;
pub use object::Members;
pub use tag_row::TagRow;

/// Values may be nested this deep (the contract's own events need 3).
pub const MAX_DEPTH: u8 = 64;

/// An object may have this many members (the contract's widest event has 32).
pub const MAX_MEMBERS: usize = 1024;

/// Who reads: a producer's judge or a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// What a producer must emit: every object closed, every enumeration closed.
    Strict,
    /// What a consumer must accept: unknown members, and unknown values where the schema is extensible.
    Reader,
}

/// A payload, or a part of one, that can be read from bytes.
pub trait Decode: Sized {
    /// Reads one value.
    ///
    /// # Errors
    /// The first rule that the bytes break, with the place.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Refusal>;

    /// Reads a whole document.
    ///
    /// # Errors
    /// As [`decode`](Self::decode); also when something follows the value.
    #[inline]
    fn from_slice(bytes: &[u8], view: View) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes, view);
        let value = Self::decode(&mut reader)?;
        reader.finish()?;
        Ok(value)
    }
}

/// The JSON type that a value's first byte announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// `-` or a digit
    Number,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

/// A string value and where it stands, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// The value with escapes resolved.
    pub text: Cow<'a, str>,
    /// Byte range in the input.
    pub span: Range<usize>,
}

/// Reads one JSON document from a byte slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// The same bytes as text, checked once for all strings in them; empty where they are not UTF-8, so that the
    /// string that is not has the blame.
    text: &'a str,
    at: usize,
    depth: u8,
    view: View,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8], view: View) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "",
        };
        Self {
            bytes,
            text,
            at: 0,
            depth: 0,
            view,
        }
    }

    /// The view that decides about unknown members and values.
    #[must_use]
    pub const fn view(&self) -> View {
        self.view
    }

    /// The byte offset of the next value.
    #[inline]
    pub fn position(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    /// The JSON type of the next value.
    ///
    /// # Errors
    /// [`Rule::JsonSyntax`] where no value starts, [`Rule::JsonEncoding`] at a byte order mark.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Refusal> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            Some(0xef | 0xfe | 0xff | 0) => Err(self.refuse_here(Rule::JsonEncoding)),
            _ => Err(self.refuse_here(Rule::JsonSyntax)),
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// [`Rule::Type`] for a value of another type, a JSON rule for a malformed string.
    pub fn string(&mut self) -> Result<Text<'a>, Refusal> {
        self.expect(Kind::String)?;
        self.string_token()
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// [`Rule::Type`] for a value of another type.
    pub fn boolean(&mut self) -> Result<bool, Refusal> {
        self.expect(Kind::Boolean)?;
        let value = self.peek() == Some(b't');
        self.literal(if value { b"true" } else { b"false" })?;
        Ok(value)
    }

    /// Reads an array, calling `item` for each index with the reader at its value, and returns its byte range.
    ///
    /// # Errors
    /// [`Rule::Type`] for a value of another type, and whatever `item` refuses.
    pub fn array(
        &mut self,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), Refusal>,
    ) -> Result<Range<usize>, Refusal> {
        self.expect(Kind::Array)?;
        let start = self.at;
        self.descend(start)?;
        let mut index = 0;
        if !self.empty(b']') {
            loop {
                self.kind()
                    .map_err(|refusal| refusal.under(&index.to_string()))?;
                item(self, index).map_err(|refusal| refusal.under(&index.to_string()))?;
                index += 1;
                if self.last(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(start..self.at)
    }

    /// Passes over one value of any type, as strictly as if it were read, and returns its bytes.
    ///
    /// # Errors
    /// Any JSON rule.
    pub fn skip(&mut self) -> Result<&'a [u8], Refusal> {
        let kind = self.kind()?;
        let start = self.at;
        match kind {
            Kind::Object => {
                self.object(|reader, _| reader.skip().map(drop))?;
            }
            Kind::Array => {
                self.array(|reader, _| reader.skip().map(drop))?;
            }
            Kind::String => {
                self.string_token()?;
            }
            Kind::Number => self.number()?,
            Kind::Boolean => {
                self.boolean()?;
            }
            Kind::Null => self.literal(b"null")?,
        }
        Ok(&self.bytes[start..self.at])
    }

    /// Ends the document.
    ///
    /// # Errors
    /// [`Rule::JsonTrailing`] when something other than white space follows.
    pub fn finish(mut self) -> Result<(), Refusal> {
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(Refusal::new(Rule::JsonTrailing, self.at..self.bytes.len()));
        }
        Ok(())
    }

    /// Refuses the value that was read from `start` on.
    #[must_use]
    pub fn refuse_from(&self, start: usize, rule: Rule) -> Refusal {
        Refusal::new(rule, start..self.at)
    }

    #[inline]
    fn expect(&mut self, wanted: Kind) -> Result<(), Refusal> {
        if self.kind()? == wanted {
            return Ok(());
        }
        self.refuse_type()
    }

    #[cold]
    fn refuse_type(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.skip()?;
        Err(Refusal::new(Rule::Type, start..self.at))
    }

    #[inline]
    fn descend(&mut self, start: usize) -> Result<(), Refusal> {
        if self.depth == MAX_DEPTH {
            return Err(Refusal::new(Rule::JsonDepth, start..start + 1));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn empty(&mut self, close: u8) -> bool {
        self.skip_space();
        let empty = self.peek() == Some(close);
        if empty {
            self.at += 1;
        }
        empty
    }

    fn last(&mut self, close: u8) -> Result<bool, Refusal> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.refuse_here(Rule::JsonSyntax)),
        }
    }
}
