//! Schemas of strings: what they say about a class of strings.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::alphabet::{Alphabet, Class};

/// Keywords that only tell people something.
pub(super) const ANNOTATIONS: [&str; 7] = [
    "description",
    "examples",
    "title",
    "deprecated",
    "$comment",
    "$id",
    "$schema",
];

/// References that lead on and on are broken; the generator refuses them, a stranger's bundle may have them.
const MAX_DEPTH: usize = 32;

/// The definition that a reference of a bundle leads to.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// What a schema says about strings.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaf {
    /// Whether it refuses everything else.
    pub(super) strings_only: bool,
    tests: Vec<Test>,
}

#[derive(Debug, Clone)]
enum Test {
    Pattern(String),
    OneOf(Vec<String>),
    Not(Leaf),
}

impl Leaf {
    /// The schema, if it is about strings and nothing else.
    pub(super) fn of(schema: &Value, root: &Value) -> Option<Self> {
        let mut leaf = Self::default();
        leaf.read(schema.as_object()?, root, 0)?;
        let says_something = leaf.strings_only || !leaf.tests.is_empty();
        says_something.then_some(leaf)
    }

    fn read(&mut self, schema: &Map<String, Value>, root: &Value, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        for (keyword, value) in schema {
            match keyword.as_str() {
                "type" if value == "string" => self.strings_only = true,
                "pattern" => {
                    let pattern = jsonschema_regex::to_rust_regex(value.as_str()?).ok()?;
                    self.tests.push(Test::Pattern(pattern.into_owned()));
                }
                "maxLength" => self.length(&format!("0,{}", value.as_u64()?)),
                "minLength" => self.length(&format!("{},", value.as_u64()?)),
                "const" => self.one_of(std::slice::from_ref(value))?,
                "enum" => self.one_of(value.as_array()?)?,
                "not" => {
                    let mut inner = Self::default();
                    inner.read(value.as_object()?, root, depth + 1)?;
                    // A bare `pattern` accepts all but strings, so its negation refuses them.
                    self.strings_only |= !inner.strings_only;
                    self.tests.push(Test::Not(inner));
                }
                "$ref" => {
                    let target = resolve(root, value.as_str()?)?.as_object()?;
                    self.read(target, root, depth + 1)?;
                }
                "allOf" => {
                    for part in value.as_array()? {
                        self.read(part.as_object()?, root, depth + 1)?;
                    }
                }
                other if ANNOTATIONS.contains(&other) => {}
                _ => return None,
            }
        }
        Some(())
    }

    fn length(&mut self, bounds: &str) {
        self.tests
            .push(Test::Pattern(format!(r"\A(?s:.){{{bounds}}}\z")));
    }

    fn one_of(&mut self, values: &[Value]) -> Option<()> {
        let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
        self.strings_only = true;
        self.tests.push(Test::OneOf(texts.collect::<Option<_>>()?));
        Some(())
    }

    /// Adds the patterns and values that it is made of.
    pub(super) fn collect(&self, patterns: &mut BTreeSet<String>, values: &mut BTreeSet<String>) {
        for test in &self.tests {
            match test {
                Test::Pattern(pattern) => {
                    patterns.insert(pattern.clone());
                }
                Test::OneOf(texts) => values.extend(texts.iter().cloned()),
                Test::Not(inner) => inner.collect(patterns, values),
            }
        }
    }

    /// Whether it accepts the strings of `class`.
    pub(super) fn accepts(&self, class: &Class, alphabet: &Alphabet) -> bool {
        self.tests.iter().all(|test| match test {
            Test::Pattern(pattern) => alphabet.matches(class, pattern),
            Test::OneOf(texts) => texts.iter().any(|text| class.is(text)),
            Test::Not(inner) => !inner.accepts(class, alphabet),
        })
    }

    /// The numbers of the classes that it accepts.
    pub(super) fn classes(&self, alphabet: &Alphabet) -> BTreeSet<usize> {
        let classes = alphabet.classes().iter().enumerate();
        classes
            .filter(|(_, class)| self.accepts(class, alphabet))
            .map(|(number, _)| number)
            .collect()
    }
}
