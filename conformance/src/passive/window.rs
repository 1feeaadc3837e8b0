//! What is remembered of a stream without end: the most recent things, and for certain so many of them.

use std::collections::HashMap;

/// So many things are remembered for certain, and at most twice as many.
pub(super) const REMEMBERED: usize = 1 << 18;

/// Keys with values in two generations: when the young one is full, the old one is forgotten.
#[derive(Debug)]
pub(super) struct Window<V> {
    young: HashMap<u64, V>,
    old: HashMap<u64, V>,
    most: usize,
}

impl<V> Default for Window<V> {
    fn default() -> Self {
        Self::of(REMEMBERED)
    }
}

impl<V> Window<V> {
    fn of(most: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            most,
        }
    }

    /// What is remembered; asking makes it young again.
    pub(super) fn get(&mut self, key: u64) -> Option<&mut V> {
        if let Some(value) = self.old.remove(&key) {
            self.insert(key, value);
        }
        self.young.get_mut(&key)
    }

    pub(super) fn insert(&mut self, key: u64, value: V) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut window = Window::of(2);
        for key in 0..6 {
            window.insert(key, key);
            assert_eq!(window.get(0), Some(&mut 0), "asked for all the time");
        }
        assert_eq!(window.get(5), Some(&mut 5));
        assert_eq!(window.get(1), None);
        assert!(window.young.len() + window.old.len() <= 4);
    }
}
