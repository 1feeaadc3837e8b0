//! Schemas of maps, objects with names of the sender's own: compared as a whole, because an algebra of classes cannot
//! count names.

use std::collections::BTreeSet;

use serde_json::{Map as Object, Value};

use super::alphabet::Alphabet;
use super::leaf::{ANNOTATIONS, Leaf};

/// A map of strings.
#[derive(Debug, Clone)]
pub(super) struct Map {
    pub(super) names: Leaf,
    pub(super) values: Leaf,
    most: u64,
}

/// A map by the classes of its names and values: equal ones accept the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Extent {
    pub(super) names: BTreeSet<usize>,
    pub(super) values: BTreeSet<usize>,
    pub(super) most: u64,
}

impl Map {
    /// The schema, if it is one of a map.
    pub(super) fn of(schema: &Object<String, Value>, root: &Value) -> Option<Self> {
        let mut names = None;
        let mut values = None;
        let mut most = u64::MAX;
        for (keyword, value) in schema {
            match keyword.as_str() {
                "type" if value == "object" => {}
                "propertyNames" => names = Some(Leaf::of(value, root)?),
                "additionalProperties" => values = Some(Leaf::of(value, root)?),
                "maxProperties" => most = value.as_u64()?,
                other if ANNOTATIONS.contains(&other) => {}
                _ => return None,
            }
        }
        Some(Self {
            names: names?,
            values: values?,
            most,
        })
    }

    pub(super) fn extent(&self, names: &Alphabet, values: &Alphabet) -> Extent {
        Extent {
            names: self.names.classes(names),
            values: self.values.classes(values),
            most: self.most,
        }
    }
}

/// Where the names of a map at `path` stand.
pub(super) fn names(path: &str) -> String {
    format!("{path}/name of *")
}

/// Where its values stand.
pub(super) fn values(path: &str) -> String {
    format!("{path}/*")
}

impl Extent {
    /// Whether every map of this extent is one of `other`'s.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.names.is_subset(&other.names)
            && self.values.is_subset(&other.values)
            && self.most <= other.most
    }

    /// What the map stands for in an abstract schema: the regions that all known extents divide the maps into.
    pub(super) fn regions(&self, all: &BTreeSet<Self>) -> Vec<Value> {
        let all: Vec<&Self> = all.iter().collect();
        let sets = 1_u32..1 << all.len();
        let inhabited = sets.filter(|set| {
            let inside = |index: usize| set & (1 << index) != 0;
            (0..all.len()).all(|one| {
                (0..all.len())
                    .all(|other| !(inside(one) && !inside(other) && all[one].is_within(all[other])))
            })
        });
        let own = all.iter().position(|extent| *extent == self);
        inhabited
            .filter(|set| own.is_some_and(|own| set & (1 << own) != 0))
            .map(|set| serde_json::json!({ "map": set }))
            .collect()
    }
}
