//! Member names that a decoder has no slot for: none may stand twice.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Text;
use crate::refusal::{Refusal, Rule};

/// The names seen in one object. Most objects are small: a scan beats a search until then.
///
/// A set that hashes would ask for its keys in every object, most of which never put a name here.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    many: BTreeSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    const FEW: usize = 24;

    pub(super) fn insert(&mut self, name: &Text<'a>) -> Result<(), Refusal> {
        if self.few.contains(&name.text) || self.many.contains(&name.text) {
            return Err(name.duplicate());
        }
        if self.few.len() < Self::FEW {
            self.few.push(name.text.clone());
        } else {
            self.many.insert(name.text.clone());
        }
        Ok(())
    }
}

impl Text<'_> {
    /// The refusal of a name that its object has already.
    #[cold]
    pub(super) fn duplicate(&self) -> Refusal {
        Refusal::new(Rule::JsonDuplicateKey, self.span.clone()).under(&self.text)
    }
}
