//! Members of an object, and what they hold beyond scalars: booleans, lists, maps. Generated decoders call these.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Decode, Reader, View};
use crate::refusal::{Refusal, Rule};
use crate::scalar::Scalar;

/// The value of a required member, or the refusal that it is missing.
///
/// # Errors
/// [`Rule::Required`] with the pointer of the missing member and the range of its object.
pub fn required<T>(slot: Option<T>, member: &str, object: &Range<usize>) -> Result<T, Refusal> {
    slot.ok_or_else(|| Refusal::new(Rule::Required, object.clone()).under(member))
}

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        reader.boolean()
    }
}

impl Reader<'_> {
    /// Reads a declared member's value into its slot.
    ///
    /// # Errors
    /// What the value's decoder refuses.
    pub fn field<T: Decode>(&mut self, slot: &mut Option<T>) -> Result<(), Refusal> {
        *slot = Some(T::decode(self)?);
        Ok(())
    }

    /// Meets an undeclared member: refused in the strict view, passed over in the reader view.
    ///
    /// # Errors
    /// [`Rule::UnknownMember`], or any JSON rule inside the value.
    pub fn unknown(&mut self) -> Result<(), Refusal> {
        let start = self.position();
        self.skip()?;
        match self.view {
            View::Strict => Err(Refusal::new(Rule::UnknownMember, start..self.at)),
            View::Reader => Ok(()),
        }
    }

    /// Reads an array of at most `most` entries.
    ///
    /// # Errors
    /// [`Rule::Type`], [`Rule::Size`], and what an entry's decoder refuses.
    pub fn list<T: Decode>(&mut self, most: usize) -> Result<Vec<T>, Refusal> {
        let mut entries = Vec::new();
        let span = self.array(|reader, _| {
            entries.push(T::decode(reader)?);
            Ok(())
        })?;
        if entries.len() > most {
            return Err(Refusal::new(Rule::Size, span));
        }
        Ok(entries)
    }

    /// Reads an object of at most `most` members whose names are of the sender's own choice.
    ///
    /// # Errors
    /// [`Rule::Type`], [`Rule::Size`], [`Rule::Pattern`] at the member whose name has not the form of `K`,
    /// and what a value's decoder refuses.
    pub fn map<K: Scalar + Ord, V: Decode>(
        &mut self,
        most: usize,
    ) -> Result<BTreeMap<K, V>, Refusal> {
        let mut entries = BTreeMap::new();
        let span = self.object(|reader, name| {
            let Some(key) = K::parse(name) else {
                let start = reader.position();
                reader.skip()?;
                return Err(reader.refuse_from(start, Rule::Pattern));
            };
            entries.insert(key, V::decode(reader)?);
            Ok(())
        })?;
        if entries.len() > most {
            return Err(Refusal::new(Rule::Size, span));
        }
        Ok(entries)
    }
}
