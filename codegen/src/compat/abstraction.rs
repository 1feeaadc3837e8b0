//! Two bundles with every scalar replaced by an enumeration of the classes of strings that it accepts.
//!
//! An instance of a bundle becomes one of its abstraction when each string is replaced by its class. So one abstraction
//! holds the other exactly if one bundle holds the other, and no pattern is left for the algebra. Each place of an event
//! has classes of its own: strings at different places are never compared.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map as Object, Value, json};

use super::alphabet::{Alphabet, Alphabets};
use super::case;
use super::leaf::{ANNOTATIONS, Leaf, resolve};
use super::map::{self, Extent, Map};

/// Bundles are nested so deep.
const MAX_DEPTH: usize = 64;

/// So many different maps can be compared: their regions double with each.
const MAX_MAPS: usize = 6;

/// Two bundles, and the classes of strings and maps that they tell apart at each place.
#[derive(Debug)]
pub(super) struct Abstraction<'a> {
    inner: &'a Value,
    outer: &'a Value,
    places: BTreeMap<String, Place>,
}

/// One place of an event, such as `/Data/Open`, whatever branch it is described in.
#[derive(Debug, Default)]
struct Place {
    alphabet: Rc<Alphabet>,
    maps: BTreeSet<Extent>,
}

impl<'a> Abstraction<'a> {
    pub(super) fn of(
        inner: &'a Value,
        outer: &'a Value,
        alphabets: &mut Alphabets,
    ) -> Result<Self, String> {
        let mut found = BTreeMap::new();
        for root in [inner, outer] {
            visit(root, root, "", 0, &mut found)?;
        }
        let mut places = BTreeMap::new();
        for (path, found) in &found {
            let alphabet = alphabets.of(&found.patterns, &found.values)?;
            let maps = BTreeSet::new();
            places.insert(path.clone(), Place { alphabet, maps });
        }
        let mut new = Self {
            inner,
            outer,
            places,
        };
        for (path, found) in found {
            let maps: BTreeSet<Extent> = found
                .maps
                .iter()
                .map(|map| new.extent(map, &path))
                .collect();
            if maps.len() > MAX_MAPS {
                return Err(format!(
                    "{} different maps at {path}, more than {MAX_MAPS}",
                    maps.len()
                ));
            }
            new.places.entry(path).or_default().maps = maps;
        }
        Ok(new)
    }

    /// What is to be proven: for each value of the tag, both bundles without patterns, the inner one first.
    pub(super) fn cases(&self) -> Result<Vec<(Value, Value)>, String> {
        let inner = self.schema(self.inner, self.inner, "", 0)?;
        let outer = self.schema(self.outer, self.outer, "", 0)?;
        let Some(tag) = case::tag(&inner).or_else(|| case::tag(&outer)) else {
            return Ok(vec![(inner, outer)]);
        };
        let numbers = 0..self.alphabet(&format!("/{tag}")).classes().len();
        let cases = numbers.filter_map(|number| {
            let value = class(number);
            let inner = case::of(&inner, &tag, &value)?;
            // What the outer one never accepts is left to the algebra: the inner one may be empty, too.
            let outer = case::of(&outer, &tag, &value).unwrap_or(Value::Bool(false));
            Some((inner, outer))
        });
        Ok(cases.collect())
    }

    /// The classes of strings at a place.
    pub(super) fn alphabet(&self, path: &str) -> &Alphabet {
        static NONE: Alphabet = Alphabet::EMPTY;
        self.places.get(path).map_or(&NONE, |place| &place.alphabet)
    }

    /// A map at a place, by the classes of its names and values.
    pub(super) fn extent(&self, map: &Map, path: &str) -> Extent {
        map.extent(
            self.alphabet(&map::names(path)),
            self.alphabet(&map::values(path)),
        )
    }

    fn schema(
        &self,
        schema: &Value,
        root: &Value,
        path: &str,
        depth: usize,
    ) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err("schemas are nested too deep".to_owned());
        }
        let Some(object) = schema.as_object() else {
            return Ok(schema.clone()); // `true` or `false`
        };
        if let Some(leaf) = Leaf::of(schema, root) {
            return Ok(self.leaf(&leaf, path));
        }
        if let Some(map) = Map::of(object, root) {
            let known = self.places.get(path).map(|place| &place.maps);
            let regions = known.map(|known| self.extent(&map, path).regions(known));
            return Ok(json!({ "enum": regions.unwrap_or_default() }));
        }
        let mut out = Object::new();
        let mut parts = Vec::new();
        for (keyword, value) in object {
            let below = |value: &Value, path: &str| self.schema(value, root, path, depth + 1);
            match keyword.as_str() {
                "$ref" => {
                    let target = value.as_str().and_then(|name| resolve(root, name));
                    let target = target.ok_or_else(|| format!("`{value}` leads nowhere"))?;
                    parts.push(below(target, path)?);
                }
                "properties" => {
                    let members = value.as_object().into_iter().flatten();
                    let members = members.map(|(name, member)| {
                        Ok((name.clone(), below(member, &format!("{path}/{name}"))?))
                    });
                    let members = members.collect::<Result<_, String>>()?;
                    out.insert(keyword.clone(), Value::Object(members));
                }
                "allOf" => {
                    for part in value.as_array().into_iter().flatten() {
                        parts.push(below(part, path)?);
                    }
                }
                "oneOf" | "anyOf" => {
                    let branches = value.as_array().into_iter().flatten();
                    let branches = branches.map(|branch| below(branch, path));
                    out.insert(
                        keyword.clone(),
                        Value::Array(branches.collect::<Result<_, _>>()?),
                    );
                }
                "items" => {
                    out.insert(keyword.clone(), below(value, &format!("{path}/*"))?);
                }
                "additionalProperties" if value.is_boolean() => {
                    out.insert(keyword.clone(), value.clone());
                }
                "type" | "required" | "maxItems" => {
                    out.insert(keyword.clone(), value.clone());
                }
                "$defs" => {} // inlined where they are referred to
                other if ANNOTATIONS.contains(&other) => {}
                other => return Err(format!("`{other}` is not understood")),
            }
        }
        if !parts.is_empty() {
            out.insert("allOf".to_owned(), Value::Array(parts));
        }
        Ok(Value::Object(out))
    }

    fn leaf(&self, leaf: &Leaf, path: &str) -> Value {
        let alphabet = self.alphabet(path);
        let accepted = leaf.classes(alphabet);
        if leaf.strings_only {
            return json!({ "enum": accepted.into_iter().map(class).collect::<Vec<_>>() });
        }
        let refused = (0..alphabet.classes().len()).filter(|number| !accepted.contains(number));
        json!({ "not": { "enum": refused.map(class).collect::<Vec<_>>() } })
    }
}

/// What stands for the strings of a class.
fn class(number: usize) -> Value {
    Value::String(format!("class {number}"))
}

/// What the scalars and maps at a place are made of.
#[derive(Debug, Default)]
struct Found {
    patterns: BTreeSet<String>,
    values: BTreeSet<String>,
    maps: Vec<Map>,
}

fn visit(
    schema: &Value,
    root: &Value,
    path: &str,
    depth: usize,
    found: &mut BTreeMap<String, Found>,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("schemas are nested too deep".to_owned());
    }
    let Some(object) = schema.as_object() else {
        return Ok(());
    };
    let mut at = |path: String, leaf: &Leaf| {
        let place = found.entry(path).or_default();
        leaf.collect(&mut place.patterns, &mut place.values);
    };
    if let Some(leaf) = Leaf::of(schema, root) {
        at(path.to_owned(), &leaf);
        return Ok(());
    }
    if let Some(map) = Map::of(object, root) {
        at(map::names(path), &map.names);
        at(map::values(path), &map.values);
        found.entry(path.to_owned()).or_default().maps.push(map);
        return Ok(());
    }
    for (keyword, value) in object {
        match keyword.as_str() {
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    visit(member, root, &format!("{path}/{name}"), depth + 1, found)?;
                }
            }
            "oneOf" | "allOf" | "anyOf" => {
                for part in value.as_array().into_iter().flatten() {
                    visit(part, root, path, depth + 1, found)?;
                }
            }
            "items" => visit(value, root, &format!("{path}/*"), depth + 1, found)?,
            "$ref" => {
                if let Some(target) = value.as_str().and_then(|name| resolve(root, name)) {
                    visit(target, root, path, depth + 1, found)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}
