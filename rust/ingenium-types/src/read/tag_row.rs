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
    pub fn requires(&self, member: &str, present: bool) -> Result<(), Refusal> {
        if present {
            return Ok(());
        }
        Err(Refusal::new(Rule::RequiredByTag, self.object.clone()).under(member))
    }

    /// The tag forbids `member`.
    ///
    /// # Errors
    /// [`Rule::ForbiddenByTag`] with the pointer and the range of the member.
    pub fn forbids(&self, member: &str, present: bool) -> Result<(), Refusal> {
        if !present {
            return Ok(());
        }
        // Nobody keeps the ranges of accepted members: only a refusal pays, by reading the object again.
        let mut span = self.object.clone();
        self.start.clone().object(|reader, name| {
            let start = reader.position();
            reader.skip()?;
            if name == member {
                span = start..reader.at;
            }
            Ok(())
        })?;
        Err(Refusal::new(Rule::ForbiddenByTag, span).under(member))
    }
}
