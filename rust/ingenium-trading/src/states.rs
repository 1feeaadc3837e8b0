//! Keyed state with a record of what changed, so that a store writes no more than that.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use hashbrown::HashMap;
use hashbrown::hash_map::EntryRef;
use smol_str::SmolStr;

/// A key of these parts. Short ones cost no allocation.
pub(crate) fn key(parts: &[&str]) -> SmolStr {
    const INLINE: usize = 23;
    let mut room = [0; INLINE];
    let mut length = 0;
    for part in parts {
        let Some(place) = room.get_mut(length..length + part.len()) else {
            return parts.iter().copied().collect();
        };
        place.copy_from_slice(part.as_bytes());
        length += part.len();
    }
    SmolStr::new_inline(str::from_utf8(&room[..length]).expect("whole texts are put together"))
}

/// The state of a role, by key, in key order.
#[derive(Debug, Clone)]
pub struct States<S> {
    entries: HashMap<SmolStr, S>,
    /// The keys of the entries: ranges are rare, and finding one entry is not.
    order: BTreeSet<SmolStr>,
    /// What each changed key held before, for [`rollback`](Self::rollback).
    before: BTreeMap<String, Option<S>>,
    /// Whether anybody will ask for the changes.
    recorded: bool,
}

impl<S> Default for States<S> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            order: BTreeSet::new(),
            before: BTreeMap::new(),
            recorded: true,
        }
    }
}

impl<S: Clone + Default> States<S> {
    /// States as a store holds them.
    #[must_use]
    pub fn restore(entries: impl IntoIterator<Item = (String, S)>) -> Self {
        let entries = entries.into_iter();
        let entries: HashMap<SmolStr, S> =
            entries.map(|(key, state)| (key.into(), state)).collect();
        Self {
            order: entries.keys().cloned().collect(),
            entries,
            ..Self::default()
        }
    }

    /// States that no store follows and that are never taken back: [`changes`](Self::changes) are not recorded.
    #[must_use]
    pub fn unrecorded() -> Self {
        Self {
            recorded: false,
            ..Self::default()
        }
    }

    /// The state under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&S> {
        self.entries.get(key)
    }

    /// The state under `key` for changing, the default if there was none.
    pub fn change(&mut self, key: &str) -> &mut S {
        self.remember(key);
        match self.entries.entry_ref(key) {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => {
                let key = SmolStr::new(key);
                self.order.insert(key.clone());
                entry.insert_with_key(key, S::default())
            }
        }
    }

    /// Replaces the state under `key`.
    pub fn insert(&mut self, key: &str, state: S) {
        *self.change(key) = state;
    }

    /// Removes the state under `key`.
    pub fn remove(&mut self, key: &str) {
        self.remember(key);
        if self.entries.remove(key).is_some() {
            self.order.remove(key);
        }
    }

    /// The entries whose key starts with `prefix` and is at least `from`, in key order.
    pub fn range<'a>(
        &'a self,
        prefix: &'a str,
        from: &str,
    ) -> impl Iterator<Item = (&'a str, &'a S)> {
        self.order
            .range::<str, _>((Bound::Included(from), Bound::Unbounded))
            .take_while(move |key| key.starts_with(prefix))
            .filter_map(|key| Some((key.as_str(), self.entries.get(key)?)))
    }

    /// The keys that changed since the last [`commit`](Self::commit), with their state, `None` where removed.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&S>)> {
        self.before
            .keys()
            .map(|key| (key.as_str(), self.entries.get(key.as_str())))
    }

    /// Keeps the changes.
    pub fn commit(&mut self) {
        self.before.clear();
    }

    /// Takes the changes back.
    pub fn rollback(&mut self) {
        for (key, before) in std::mem::take(&mut self.before) {
            let key = SmolStr::from(key);
            match before {
                Some(state) => {
                    self.order.insert(key.clone());
                    self.entries.insert(key, state);
                }
                None => {
                    self.order.remove(&key);
                    self.entries.remove(&key);
                }
            }
        }
    }

    fn remember(&mut self, key: &str) {
        if self.recorded && !self.before.contains_key(key) {
            self.before
                .insert(key.to_owned(), self.entries.get(key).cloned());
        }
    }
}
