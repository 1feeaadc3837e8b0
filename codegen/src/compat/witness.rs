//! The search for an event that refutes: vectors, then vectors with one member changed, then events built from the
//! schema, each at the edges of what its producer may emit.

use std::collections::BTreeSet;

use serde_json::{Map as Object, Value};

use super::abstraction::Abstraction;
use super::leaf::{Leaf, resolve};
use super::map::{self, Map};

/// A schema stands for so many values, where its members multiply.
const MOST: usize = 4000;

/// Bundles are nested so deep.
const MAX_DEPTH: usize = 8;

/// A payload that `inner` accepts and `outer` refuses.
pub(super) fn find<'a>(
    inner: &Value,
    outer: &Value,
    abstraction: &Abstraction<'_>,
    seeds: impl Iterator<Item = &'a Value>,
) -> Result<Option<Value>, String> {
    let compile = |schema: &Value| {
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .offline()
            .build(schema)
            .map_err(|error| error.to_string())
    };
    let (inside, outside) = (compile(inner)?, compile(outer)?);
    let refutes = |value: &Value| inside.is_valid(value) && !outside.is_valid(value);
    let edges = Edges {
        root: inner,
        abstraction,
    };
    let seeds: Vec<&Value> = seeds.filter(|seed| inside.is_valid(seed)).collect();
    if let Some(found) = seeds.iter().find(|seed| refutes(seed)) {
        return Ok(Some((*found).clone()));
    }
    let changed = seeds
        .iter()
        .flat_map(|seed| edges.around(seed, inner, "", 0));
    let built = std::iter::once_with(|| edges.values(inner, "", 0)).flatten();
    Ok(changed.chain(built).find(refutes))
}

/// Values at the edges of a schema.
struct Edges<'a> {
    root: &'a Value,
    abstraction: &'a Abstraction<'a>,
}

impl<'a> Edges<'a> {
    /// `value` with one member set to each of its edges, or absent, at every depth.
    fn around(&self, value: &Value, schema: &'a Value, path: &str, depth: usize) -> Vec<Value> {
        let Some(object) = value.as_object() else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for form in self.forms(schema) {
            for (name, member) in &form.members {
                let path = format!("{path}/{name}");
                let mut without = object.clone();
                if let Some(inner) = without.remove(*name) {
                    if depth < MAX_DEPTH {
                        for inner in self.around(&inner, member, &path, depth + 1) {
                            all.push(with(object, name, inner));
                        }
                    }
                    all.push(Value::Object(without));
                }
                for edge in self.values(member, &path, depth + 1) {
                    all.push(with(object, name, edge));
                }
            }
            all.truncate(MOST);
        }
        all
    }

    /// Values that the schema may accept, at its edges; no more than [`MOST`].
    fn values(&self, schema: &'a Value, path: &str, depth: usize) -> Vec<Value> {
        let Some(object) = schema.as_object().filter(|_| depth < MAX_DEPTH) else {
            return Vec::new();
        };
        let alphabet = self.abstraction.alphabet(path);
        let text = |number: usize| Value::String(alphabet.classes()[number].example.clone());
        if let Some(leaf) = Leaf::of(schema, self.root) {
            return leaf.classes(alphabet).into_iter().map(text).collect();
        }
        if let Some(map) = Map::of(object, self.root) {
            return self.maps(&map, path);
        }
        if object.get("type") == Some(&Value::from("boolean")) {
            return vec![true.into(), false.into()];
        }
        if let Some(items) = object.get("items") {
            let most = object.get("maxItems").and_then(Value::as_u64).unwrap_or(1);
            let items = self.values(items, &format!("{path}/*"), depth + 1);
            let mut lists: Vec<Value> =
                items.iter().map(|item| vec![item.clone()].into()).collect();
            lists.extend(
                items
                    .first()
                    .map(|item| vec![item.clone(); most as usize].into()),
            );
            lists.push(Value::Array(Vec::new()));
            return lists;
        }
        if let Some(target) = object.get("$ref").and_then(Value::as_str)
            && let Some(target) = resolve(self.root, target)
        {
            return self.values(target, path, depth + 1);
        }
        let mut all = Vec::new();
        for form in self.forms(schema) {
            let edges: Vec<(&str, Vec<Value>)> = form
                .members
                .iter()
                .map(|(name, member)| {
                    (
                        *name,
                        self.values(member, &format!("{path}/{name}"), depth + 1),
                    )
                })
                .collect();
            let first = |required_only: bool| -> Object<String, Value> {
                let members = edges.iter().filter_map(|(name, values)| {
                    let wanted = !required_only || form.required.contains(name);
                    wanted.then(|| Some(((*name).to_owned(), values.first()?.clone())))?
                });
                members.collect()
            };
            let (least, whole) = (first(true), first(false));
            for (name, values) in &edges {
                for value in values {
                    all.push(with(&least, name, value.clone()));
                    all.push(with(&whole, name, value.clone()));
                }
                let mut without = whole.clone();
                without.remove(*name);
                all.push(Value::Object(without));
            }
            all.push(Value::Object(least));
            all.push(Value::Object(whole));
            all.truncate(MOST);
        }
        all
    }

    fn maps(&self, map: &Map, path: &str) -> Vec<Value> {
        let extent = self.abstraction.extent(map, path);
        let texts = |classes: &BTreeSet<usize>, path: &str| -> Vec<String> {
            let alphabet = self.abstraction.alphabet(path).classes();
            classes
                .iter()
                .map(|&number| alphabet[number].example.clone())
                .collect()
        };
        let names = texts(&extent.names, &map::names(path));
        let values = texts(&extent.values, &map::values(path));
        let values: Vec<Value> = values.into_iter().map(Value::from).collect();
        let (Some(name), Some(value)) = (names.first(), values.first()) else {
            return vec![Value::Object(Object::new())];
        };
        let one = |name: &str, value: &Value| {
            Value::Object([(name.to_owned(), value.clone())].into_iter().collect())
        };
        let mut maps: Vec<Value> = names.iter().map(|name| one(name, value)).collect();
        maps.extend(values.iter().map(|value| one(name, value)));
        // Names are many where digits may be added to one; where not, the validator refuses this map.
        let most = extent.most.min(1000);
        let many = (0..most).map(|index| (format!("n{index}"), value.clone()));
        maps.push(Value::Object(many.collect()));
        maps.push(Value::Object(Object::new()));
        maps
    }

    /// The forms that an object has: one a branch of its `oneOf`, or one.
    fn forms(&self, schema: &'a Value) -> Vec<Form<'a>> {
        let whole = Form::default().and(schema);
        let branches = schema.get("oneOf").and_then(Value::as_array);
        match branches {
            Some(branches) => branches
                .iter()
                .map(|branch| whole.clone().and(branch))
                .collect(),
            None => vec![whole],
        }
    }
}

/// The members that an object may have, and those that it must have.
#[derive(Debug, Clone, Default)]
struct Form<'a> {
    members: Vec<(&'a str, &'a Value)>,
    required: Vec<&'a str>,
}

impl<'a> Form<'a> {
    fn and(mut self, schema: &'a Value) -> Self {
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            self.members.retain(|(other, _)| other != name);
            if member != &Value::Bool(false) {
                self.members.push((name, member));
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        self.required
            .extend(required.into_iter().flatten().filter_map(Value::as_str));
        self
    }
}

fn with(object: &Object<String, Value>, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object.insert(name.to_owned(), value);
    Value::Object(object)
}
