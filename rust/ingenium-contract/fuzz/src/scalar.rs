//! Scalars against the patterns of the schema.

use std::sync::OnceLock;

use ingenium_types::scalar::{Decimal, Scalar, UtcTimestamp};
use regex::Regex;
use serde_json::Value;

use crate::judges::repository;

/// What the schema says about a scalar: the pattern that it has and the one that it must not have.
struct Form {
    has: Regex,
    has_not: Regex,
}

impl Form {
    fn of(scalar: &str) -> Self {
        let text = std::fs::read(repository().join("schemas/common.schema.json"))
            .expect("the repository has its schemas");
        let schema: Value = serde_json::from_slice(&text).expect("a schema is JSON");
        let definition = &schema["$defs"][scalar];
        let regex = |pattern: &Value| {
            let pattern = pattern.as_str().expect("the scalar has both patterns");
            Regex::new(pattern).expect("a pattern that the meta-schema allows")
        };
        Self {
            has: regex(&definition["pattern"]),
            has_not: regex(&definition["not"]["pattern"]),
        }
    }

    fn accepts(&self, text: &str) -> bool {
        self.has.is_match(text) && !self.has_not.is_match(text)
    }
}

fn check<T: Scalar + ToString>(form: &Form, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let value = T::parse(text);
    assert_eq!(value.is_some(), form.accepts(text), "{} `{text}`", T::NAME);
    if let Some(value) = value {
        assert_eq!(value.to_string(), text, "{} keeps its text", T::NAME);
    }
}

/// Any text as a decimal: accepted as the schema says, and written as it was read.
///
/// # Panics
/// When that does not hold.
pub fn decimal(input: &[u8]) {
    static FORM: OnceLock<Form> = OnceLock::new();
    check::<Decimal>(FORM.get_or_init(|| Form::of(Decimal::NAME)), input);
}

/// Any text as a timestamp: accepted as the schema says, and written as it was read.
///
/// # Panics
/// When that does not hold.
pub fn timestamp(input: &[u8]) {
    static FORM: OnceLock<Form> = OnceLock::new();
    check::<UtcTimestamp>(FORM.get_or_init(|| Form::of(UtcTimestamp::NAME)), input);
}
