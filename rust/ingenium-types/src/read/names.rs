//! The member names of one object: none may stand twice.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{MAX_MEMBERS, Text};
use crate::refusal::{Refusal, Rule};

/// The member names seen in one object. Most objects are small: a scan beats hashing until then.
#[derive(Default)]
pub(super) struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    const FEW: usize = 24;

    pub(super) fn insert(&mut self, name: &Text<'a>) -> Result<(), Refusal> {
        let duplicate = self.few.contains(&name.text) || self.many.contains(&name.text);
        if duplicate {
            return Err(Refusal::new(Rule::JsonDuplicateKey, name.span.clone()).under(&name.text));
        }
        if self.few.len() < Self::FEW {
            self.few.push(name.text.clone());
        } else if self.few.len() + self.many.len() == MAX_MEMBERS {
            return Err(Refusal::new(Rule::JsonMembers, name.span.clone()));
        } else {
            self.many.insert(name.text.clone());
        }
        Ok(())
    }
}
