//! One row of a tag table: what the value of one member says about others. Generated decoders call this.

use std::ops::Range;

use super::Reader;
use crate::refusal::{Refusal, Rule};

/// The row for the tag that an object carries.
#[derive(Debug)]
pub struct TagRow<'r, 'a> {
    start: &'r Reader<'a>,
    object: &'r Range<usize>,
}

impl<'r, 'a> TagRow<'r, 'a> {
    /// A row over the object at `object`, with the reader as it stood before it.
    #[must_use]
    pub const fn new(start: &'r Reader<'a>, object: &'r Range<usize>) -> Self {
        Self { start, object }
    }

    /// The tag requires `member`.
    ///
    /// # Errors
    /// [`Rule::RequiredByTag`] with the pointer of the missing member and the range of the object.
    #[inline]
    pub fn requires(&self, member: &str, present: bool) -> Result<(), Refusal> {
        if present {
            return Ok(());
        }
        Err(self.missing(member))
    }

    #[cold]
    fn missing(&self, member: &str) -> Refusal {
        Refusal::new(Rule::RequiredByTag, self.object.clone()).under(member)
    }

    /// The tag forbids `member`.
    ///
    /// # Errors
    /// [`Rule::ForbiddenByTag`] with the pointer and the range of the member.
    #[inline]
    pub fn forbids(&self, member: &str, present: bool) -> Result<(), Refusal> {
        if !present {
            return Ok(());
        }
        Err(self.unwelcome(member))
    }

    /// Nobody keeps the ranges of accepted members: only a refusal pays, by reading the object again.
    #[cold]
    fn unwelcome(&self, member: &str) -> Refusal {
        let mut span = self.object.clone();
        let again = self.start.clone().object(|reader, name| {
            let start = reader.position();
            reader.skip()?;
            if name == member {
                span = start..reader.at;
            }
            Ok(())
        });
        match again {
            Ok(_) => Refusal::new(Rule::ForbiddenByTag, span).under(member),
            Err(refusal) => refusal,
        }
    }
}
