//! What members hold beyond scalars: booleans, lists, maps. Generated decoders call these.

use std::collections::BTreeMap;

use super::{Decode, Reader};
use crate::refusal::{Refusal, Rule};
use crate::scalar::Scalar;

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        reader.boolean()
    }
}

impl Reader<'_> {
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
