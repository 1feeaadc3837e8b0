//! Members of an object, one by one: in canonical order by prediction, in any order otherwise.

use std::borrow::Cow;
use std::ops::Range;

use super::names::Names;
use super::{Kind, MAX_MEMBERS, Reader, Text, View};
use crate::refusal::{Refusal, Rule};

/// How far the members of one object are read.
#[derive(Debug)]
pub struct Members<'a> {
    start: usize,
    count: usize,
    /// Names that the decoder has no slot for; those with one are told apart by their slots.
    others: Names<'a>,
}

impl<'a> Reader<'a> {
    /// Enters an object.
    ///
    /// # Errors
    /// [`Rule::Type`] for a value of another type, [`Rule::JsonDepth`].
    #[inline]
    pub fn enter(&mut self) -> Result<Members<'a>, Refusal> {
        self.expect(Kind::Object)?;
        let start = self.at;
        self.descend(start)?;
        Ok(Members {
            start,
            count: 0,
            others: Names::default(),
        })
    }

    /// Steps over `text` if it comes next, and counts a member; else stays.
    #[inline]
    pub fn comes<const N: usize>(&mut self, members: &mut Members<'_>, text: &[u8; N]) -> bool {
        // A comma before the first member is no JSON.
        let in_place = text.first() != Some(&b',') || members.count > 0;
        let comes = in_place && self.bytes[self.at..].first_chunk() == Some(text);
        if comes {
            self.at += N;
            members.count += 1;
        }
        comes
    }

    /// Reads a member's value into its slot if `text` comes next, as it does where members stand in canonical order
    /// and form: a name in quotes and a colon, with a comma before all but the first.
    ///
    /// # Errors
    /// What `decode` refuses, with the name before the pointer.
    #[inline]
    pub fn foresee<const N: usize, T>(
        &mut self,
        members: &mut Members<'_>,
        text: &[u8; N],
        slot: &mut Option<T>,
        decode: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<(), Refusal> {
        if self.comes(members, text) {
            match decode(self) {
                Ok(value) => *slot = Some(value),
                Err(refusal) => return Err(under_foreseen(text, refusal)),
            }
        }
        Ok(())
    }

    /// Reads the next name, in whatever order and form, and stands at its value; `None` at the end of the object.
    ///
    /// # Errors
    /// Any JSON rule; [`Rule::JsonMembers`].
    #[inline]
    pub fn next(&mut self, members: &mut Members<'a>) -> Result<Option<Text<'a>>, Refusal> {
        let start = self.at;
        match self.next_plain(members) {
            Some(name) => Ok(Some(Text {
                text: Cow::Borrowed(name),
                span: start + usize::from(members.count > 1)..self.at - 1,
            })),
            None => self.next_in_any_form(members),
        }
    }

    /// The next name, if neither white space nor escapes are about; else stays.
    #[inline]
    pub fn next_plain(&mut self, members: &mut Members<'a>) -> Option<&'a str> {
        let start = self.at;
        if members.count > 0 {
            if self.peek() != Some(b',') {
                return None;
            }
            self.at += 1;
        }
        let name = self.plain();
        if name.is_none() || self.peek() != Some(b':') || members.count == MAX_MEMBERS {
            self.at = start;
            return None;
        }
        self.at += 1;
        members.count += 1;
        name
    }

    #[inline(never)]
    fn next_in_any_form(&mut self, members: &mut Members<'a>) -> Result<Option<Text<'a>>, Refusal> {
        self.skip_space();
        match self.peek() {
            Some(b'}') => {
                self.at += 1;
                self.depth -= 1;
                return Ok(None);
            }
            Some(b',') if members.count > 0 => {
                self.at += 1;
                self.skip_space();
            }
            _ if members.count == 0 => {}
            _ => return Err(self.refuse_here(Rule::JsonSyntax)),
        }
        if self.peek() != Some(b'"') {
            return Err(self.refuse_here(Rule::JsonSyntax));
        }
        let name = self.string_token()?;
        self.skip_space();
        self.byte(b':')?;
        if members.count == MAX_MEMBERS {
            return Err(Refusal::new(Rule::JsonMembers, name.span));
        }
        members.count += 1;
        Ok(Some(name))
    }

    /// Reads the value of the member `name` into its slot.
    ///
    /// # Errors
    /// [`Rule::JsonDuplicateKey`] where the slot is taken, and what `decode` refuses, with the name before the pointer.
    #[inline]
    pub fn member<T>(
        &mut self,
        name: &Text<'_>,
        slot: &mut Option<T>,
        decode: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<(), Refusal> {
        if slot.is_some() {
            return Err(name.duplicate());
        }
        self.skip_space();
        match decode(self) {
            Ok(value) => *slot = Some(value),
            Err(refusal) => return Err(refusal.under(&name.text)),
        }
        Ok(())
    }

    /// Passes over a value that cannot be read yet, and gives the reader that will.
    ///
    /// # Errors
    /// Any JSON rule.
    #[cold]
    pub fn put_off(&mut self) -> Result<Self, Refusal> {
        let start = self.clone();
        self.skip()?;
        Ok(start)
    }

    /// Meets a member without a slot: refused in the strict view, passed over in the reader view.
    ///
    /// # Errors
    /// [`Rule::UnknownMember`], [`Rule::JsonDuplicateKey`], or any JSON rule inside the value.
    #[cold]
    pub fn unknown(&mut self, members: &mut Members<'a>, name: &Text<'a>) -> Result<(), Refusal> {
        members.others.insert(name)?;
        let start = self.position();
        let skipped = self.skip().map(drop);
        let met = match self.view {
            View::Strict => {
                skipped.and_then(|()| Err(Refusal::new(Rule::UnknownMember, start..self.at)))
            }
            View::Reader => skipped,
        };
        met.map_err(|refusal| refusal.under(&name.text))
    }

    /// The byte range of an object that was read to its end.
    #[must_use]
    pub const fn range(&self, members: &Members<'_>) -> Range<usize> {
        members.start..self.at
    }

    /// Reads an object whose members are not known beforehand, calling `member` for each name with the reader at its
    /// value, and returns its byte range.
    ///
    /// # Errors
    /// [`Rule::Type`] for a value of another type, [`Rule::JsonDuplicateKey`], [`Rule::JsonMembers`],
    /// and whatever `member` refuses, with the member's name put before the pointer.
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Result<(), Refusal>,
    ) -> Result<Range<usize>, Refusal> {
        let mut members = self.enter()?;
        while let Some(name) = self.next(&mut members)? {
            members.others.insert(&name)?;
            let read = self.kind().and_then(|_| member(self, &name.text));
            read.map_err(|refusal| refusal.under(&name.text))?;
        }
        Ok(self.range(&members))
    }
}

#[cold]
fn under_foreseen(text: &[u8], refusal: Refusal) -> Refusal {
    let name = text.split(|&byte| byte == b'"').nth(1).unwrap_or_default();
    refusal.under(&String::from_utf8_lossy(name))
}
