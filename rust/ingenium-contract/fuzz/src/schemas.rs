//! Arbitrary schemas before the lint and the generator.

use std::sync::OnceLock;

use ingenium_codegen::lint::lint;
use ingenium_codegen::{Tree, generate};
use serde_json::Value;

use crate::judges::repository;

/// What an input may replace, or change in one place.
const FILES: [&str; 7] = [
    "schemas/catalog.json",
    "schemas/common.schema.json",
    "schemas/events/executor.execution.schema.json",
    "schemas/events/ingestor.data.schema.json",
    "schemas/events/portfolio.cancel.schema.json",
    "schemas/events/portfolio.order.schema.json",
    "schemas/events/strategy.signal.schema.json",
];

/// The contract with one file replaced (first byte below 128), or with one value of a file replaced (then two bytes
/// choose which, and the rest is JSON, or else a string): the generator refuses or generates, and the lint names at
/// least what the generator refuses.
///
/// # Panics
/// When that does not hold.
pub fn schemas(input: &[u8]) {
    static TREE: OnceLock<Tree> = OnceLock::new();
    let authored = TREE.get_or_init(|| {
        let all =
            Tree::open(&repository().join("schemas")).expect("the repository has its schemas");
        // Without the vectors: to read them takes most of the time, and says nothing about a schema.
        let mut tree = Tree::default();
        for (path, bytes) in all.below("schemas/") {
            if !path.starts_with("schemas/vectors/") {
                tree.insert(path, bytes.to_vec());
            }
        }
        tree
    });
    let Some((&first, rest)) = input.split_first() else {
        return;
    };
    let file = FILES[usize::from(first) % FILES.len()];
    let text = if first < 128 {
        rest.to_vec()
    } else {
        let Some((&[high, low], text)) = rest.split_first_chunk::<2>() else {
            return;
        };
        let bytes = authored.get(file).expect("the file is there");
        let mut schema: Value = serde_json::from_slice(bytes).expect("a schema is JSON");
        let value = serde_json::from_slice(text)
            .unwrap_or_else(|_| String::from_utf8_lossy(text).into_owned().into());
        let places = places(&schema);
        let place = &places[usize::from(u16::from_be_bytes([high, low])) % places.len()];
        *schema.pointer_mut(place).expect("the place exists") = value;
        schema.to_string().into_bytes()
    };
    let mut tree = authored.clone();
    tree.insert(file, text);
    if let Err(errors) = generate(&tree) {
        assert!(errors.iter().count() > 0, "a refusal has its reasons");
        let found = lint(&tree);
        for error in errors.iter() {
            let named = found
                .iter()
                .any(|other| (other.rule, &other.pointer) == (error.rule, &error.pointer));
            assert!(named, "the lint does not know of {error}");
        }
    }
}

/// JSON pointers to every value in `value`, itself first.
fn places(value: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let mut inside = |token: String, inner: &Value| {
        let below = self::places(inner).into_iter();
        places.extend(below.map(|place| format!("/{token}{place}")));
    };
    match value {
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                inside(index.to_string(), inner);
            }
        }
        Value::Object(members) => {
            for (name, inner) in members {
                inside(name.replace('~', "~0").replace('/', "~1"), inner);
            }
        }
        _ => {}
    }
    places
}
