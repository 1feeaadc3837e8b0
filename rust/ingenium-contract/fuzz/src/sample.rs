//! Generated inputs: payloads near the border between right and wrong.
//!
//! A sample starts as the payload of a vector and is changed at most twice: a member from elsewhere, a member
//! gone or renamed, a value of another vector, a value of another type, a string changed by a letter. About half of
//! the samples stay valid.

use fastrand::Rng;
use ingenium_types::EventType;
use serde_json::{Map, Value, json};

use crate::judges::repository;

/// The payloads of all vectors of one event type.
#[must_use]
pub fn corpus(event_type: EventType) -> Vec<Value> {
    let mut payloads = vectors(event_type, "valid");
    payloads.extend(vectors(event_type, "invalid"));
    payloads
}

fn vectors(event_type: EventType, kind: &str) -> Vec<Value> {
    let name = event_type.as_str().trim_start_matches("ingenium.");
    let folder = repository().join("schemas/vectors").join(name).join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the repository has vectors")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    let data = |file| {
        let text = std::fs::read(file).expect("a readable vector");
        let mut vector: Value = serde_json::from_slice(&text).expect("a vector is JSON");
        vector["data"].take()
    };
    files.iter().map(data).collect()
}

/// Makes samples of one event type; the same seed gives the same samples.
#[derive(Debug)]
pub struct Sampler {
    random: Rng,
    payloads: Vec<Value>,
    valid: usize,
    /// Every member name and every value that stands in some payload, at any depth.
    names: Vec<String>,
    values: Vec<Value>,
}

/// Letters that grammars care about.
const LETTERS: &[char] = &[
    '0', '1', '9', '-', '+', '.', 'e', 'E', 'T', 'Z', ':', ' ', '\n', '\0', '"', '\\', '/', '$',
    '_', 'A', 'a', 'd', '\u{7f}', '\u{80}', 'é', '０', '\u{202e}', '\u{feff}', '😀',
];

impl Sampler {
    /// Samples of `event_type` from `seed` on.
    #[must_use]
    pub fn new(event_type: EventType, seed: u64) -> Self {
        let payloads = corpus(event_type);
        let mut sampler = Self {
            random: Rng::with_seed(seed),
            payloads: Vec::new(),
            valid: vectors(event_type, "valid").len(),
            names: vec![
                "__proto__".to_owned(),
                "constructor".to_owned(),
                String::new(),
            ],
            values: vec![
                Value::Null,
                json!(true),
                json!(false),
                json!(0),
                json!(1.5),
                json!(-1),
                json!(u64::MAX),
                json!([]),
                json!({}),
                json!(["MARKET"]),
                json!({ "a": { "b": [null] } }),
                json!(""),
            ],
        };
        for payload in &payloads {
            sampler.learn(payload);
        }
        sampler.payloads = payloads;
        sampler
    }

    fn learn(&mut self, value: &Value) {
        if let Value::Object(members) = value {
            for (name, value) in members {
                if !self.names.contains(name) {
                    self.names.push(name.clone());
                }
                self.learn(value);
            }
        }
        if !self.values.contains(value) {
            self.values.push(value.clone());
        }
    }

    /// The next sample.
    pub fn sample(&mut self) -> Value {
        // Mostly valid ones: each change has a good chance to break what is whole, and hardly any to mend what is not.
        let all = self.below(8) == 0;
        let at = self.below(if all { self.payloads.len() } else { self.valid });
        let mut payload = self.payloads[at].clone();
        for _ in 0..self.below(3) {
            self.change(&mut payload);
        }
        payload
    }

    /// The next sample as bytes, one in four of them changed by a byte.
    pub fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = self.sample().to_string().into_bytes();
        if self.below(16) == 0 && bytes.starts_with(b"{\"") {
            // What no value can hold: a member that may stand twice.
            let member = format!("{}:{},", Value::from(self.name()), self.value());
            bytes.splice(1..1, member.into_bytes());
        }
        if self.below(4) == 0 {
            self.blur(bytes)
        } else {
            bytes
        }
    }

    /// The same bytes with one changed, one more or one less.
    pub fn blur(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let at = self.below(bytes.len() + 1);
        let other = u8::try_from(self.below(256)).expect("a byte");
        match self.below(3) {
            0 if at < bytes.len() => drop(bytes.remove(at)),
            1 if at < bytes.len() => bytes[at] = other,
            2 => bytes.insert(at, b" \n,:\"{}0"[self.below(8)]),
            _ => bytes.insert(at, other),
        }
        bytes
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.usize(..bound)
    }

    fn value(&mut self) -> Value {
        let at = self.below(self.values.len());
        self.values[at].clone()
    }

    fn name(&mut self) -> String {
        let at = self.below(self.names.len());
        self.names[at].clone()
    }

    fn change(&mut self, payload: &mut Value) {
        let Value::Object(members) = payload else {
            *payload = self.value();
            return;
        };
        match self.below(10) {
            0 => drop(members.insert(self.name(), self.value())),
            1 => {
                let other = self.below(self.payloads.len());
                if let Value::Object(others) = self.payloads[other].clone() {
                    let at = self.below(others.len().max(1));
                    members.extend(others.into_iter().nth(at));
                }
            }
            2 => drop(self.some(members).and_then(|name| members.remove(&name))),
            3 => {
                if let Some(name) = self.some(members)
                    && let Some(value) = members.remove(&name)
                {
                    members.insert(self.name(), value);
                }
            }
            4 => {
                let value = self.value();
                if let Some(slot) = self.some(members).and_then(|name| members.get_mut(&name)) {
                    *slot = value;
                }
            }
            _ => {
                if let Some(slot) = self.some(members).and_then(|name| members.get_mut(&name)) {
                    self.disturb(slot);
                }
            }
        }
    }

    fn some(&mut self, members: &Map<String, Value>) -> Option<String> {
        let at = self.below(members.len().max(1));
        members.keys().nth(at).cloned()
    }

    /// Changes a string by a letter, and the inside of anything else.
    fn disturb(&mut self, value: &mut Value) {
        let Value::String(text) = value else {
            return self.change(value);
        };
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.below(letters.len() + 1);
        let letter = LETTERS[self.below(LETTERS.len())];
        match self.below(5) {
            0 => letters.insert(at, letter),
            1 if at < letters.len() => drop(letters.remove(at)),
            2 if at < letters.len() => letters[at] = letter,
            3 => letters.truncate(at),
            _ => {
                let copied = letters.clone();
                letters.extend(copied);
            }
        }
        *text = letters.into_iter().collect();
    }
}
