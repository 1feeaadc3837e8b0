//! Keyed state with a record of what changed, so that a store writes no more than that.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The state of a role, by key, in key order.
#[derive(Debug, Clone)]
pub struct States<S> {
    entries: BTreeMap<String, S>,
    /// What each changed key held before, for [`rollback`](Self::rollback).
    before: BTreeMap<String, Option<S>>,
}

impl<S> Default for States<S> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            before: BTreeMap::new(),
        }
    }
}

impl<S: Clone + Default> States<S> {
    /// States as a store holds them.
    #[must_use]
    pub fn restore(entries: impl IntoIterator<Item = (String, S)>) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            before: BTreeMap::new(),
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
        self.entries.entry(key.to_owned()).or_default()
    }

    /// Replaces the state under `key`.
    pub fn insert(&mut self, key: &str, state: S) {
        self.remember(key);
        self.entries.insert(key.to_owned(), state);
    }

    /// Removes the state under `key`.
    pub fn remove(&mut self, key: &str) {
        self.remember(key);
        self.entries.remove(key);
    }

    /// The entries whose key starts with `prefix` and is at least `from`, in key order.
    pub fn range<'a>(
        &'a self,
        prefix: &'a str,
        from: &str,
    ) -> impl Iterator<Item = (&'a str, &'a S)> {
        self.entries
            .range::<str, _>((Bound::Included(from), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, state)| (key.as_str(), state))
    }

    /// The keys that changed since the last [`commit`](Self::commit), with their state, `None` where removed.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&S>)> {
        self.before
            .keys()
            .map(|key| (key.as_str(), self.entries.get(key)))
    }

    /// Keeps the changes.
    pub fn commit(&mut self) {
        self.before.clear();
    }

    /// Takes the changes back.
    pub fn rollback(&mut self) {
        for (key, before) in std::mem::take(&mut self.before) {
            match before {
                Some(state) => self.entries.insert(key, state),
                None => self.entries.remove(&key),
            };
        }
    }

    fn remember(&mut self, key: &str) {
        if !self.before.contains_key(key) {
            self.before
                .insert(key.to_owned(), self.entries.get(key).cloned());
        }
    }
}
