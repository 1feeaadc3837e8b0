//! Members of an object, and what they hold beyond scalars: booleans, lists, maps. Generated decoders call these.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Decode, Reader};
use crate::refusal::{Refusal, Rule};
use crate::scalar::Scalar;

/// The value of a required member, or the refusal that it is missing.
///
/// # Errors
/// [`Rule::Required`] with the pointer of the missing member and the range of its object.
#[inline]
pub fn required<T>(slot: Option<T>, member: &str, object: &Range<usize>) -> Result<T, Refusal> {
    match slot {
        Some(value) => Ok(value),
        None => Err(missing(member, object)),
    }
}

#[cold]
fn missing(member: &str, object: &Range<usize>) -> Refusal {
    Refusal::new(Rule::Required, object.clone()).under(member)
}

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
        let start = self.clone();
        if let Some(map) = self.map_without_faults(most) {
            return Ok(map);
        }
        *self = start;
        self.map_with_reasons(most)
    }

    /// The map, where nothing is wrong or unusual with it; else the reader stands anywhere.
    fn map_without_faults<K: Scalar + Ord, V: Decode>(
        &mut self,
        most: usize,
    ) -> Option<BTreeMap<K, V>> {
        let mut entries: Vec<(K, V)> = Vec::new();
        let mut members = self.enter().ok()?;
        loop {
            if let Some(name) = self.next_plain(&mut members) {
                entries.push((K::parse(name)?, V::decode(self).ok()?));
            } else if self.next(&mut members).ok()?.is_none() {
                break;
            } else {
                return None;
            }
        }
        let count = entries.len();
        // Sorted names, as the canonical form has them, become a map without a search for each.
        let map: BTreeMap<K, V> = entries.into_iter().collect();
        (map.len() == count && count <= most).then_some(map)
    }

    /// The map, or the first thing that is wrong with it.
    fn map_with_reasons<K: Scalar + Ord, V: Decode>(
        &mut self,
        most: usize,
    ) -> Result<BTreeMap<K, V>, Refusal> {
        let mut entries: Vec<(K, V)> = Vec::new();
        let mut sorted = true;
        let mut members = self.enter()?;
        while let Some(name) = self.next(&mut members)? {
            let Some(key) = K::parse(&name.text) else {
                let start = self.position();
                let refusal = self.skip().map_or_else(
                    |refusal| refusal,
                    |_| Refusal::new(Rule::Pattern, start..self.at),
                );
                return Err(refusal.under(&name.text));
            };
            // Only where all names so far ascend does one that is above the last stand nowhere yet.
            sorted = sorted && entries.last().is_none_or(|(last, _)| *last < key);
            if !sorted && entries.iter().any(|(other, _)| *other == key) {
                return Err(name.duplicate());
            }
            let value = V::decode(self).map_err(|refusal| refusal.under(&name.text))?;
            entries.push((key, value));
        }
        let span = self.range(&members);
        if entries.len() > most {
            return Err(Refusal::new(Rule::Size, span));
        }
        Ok(entries.into_iter().collect())
    }
}
