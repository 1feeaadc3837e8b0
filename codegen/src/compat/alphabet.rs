//! All strings, divided into the classes that a set of patterns and values can tell apart.
//!
//! The automata of all patterns run side by side over every string at once: which combinations of verdicts occur, and
//! the shortest string of each, is exact, because patterns are regular.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};

/// A combination of automata may have so many states; what needs more stays open.
const MAX_STATES: usize = 400_000;

/// Bytes that one automaton may take.
const MAX_BYTES: usize = 32 << 20;

/// A class of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// By the index of the pattern: whether its strings match.
    matches: Vec<bool>,
    /// The one string of the class, if it is one of the values.
    value: Option<String>,
    /// Its shortest string.
    pub(super) example: String,
}

/// The classes.
#[derive(Debug, Clone, Default)]
pub(super) struct Alphabet {
    patterns: Vec<String>,
    classes: Vec<Class>,
}

/// The alphabets that were made: most members share their scalars.
#[derive(Debug, Default)]
pub(super) struct Alphabets(BTreeMap<(BTreeSet<String>, BTreeSet<String>), Rc<Alphabet>>);

impl Alphabets {
    /// The classes that `patterns`, in the syntax of the `regex` crate, and `values` tell apart.
    pub(super) fn of(
        &mut self,
        patterns: &BTreeSet<String>,
        values: &BTreeSet<String>,
    ) -> Result<Rc<Alphabet>, String> {
        let key = (patterns.clone(), values.clone());
        if let Some(known) = self.0.get(&key) {
            return Ok(Rc::clone(known));
        }
        let new = Rc::new(Alphabet::new(patterns, values)?);
        self.0.insert(key, Rc::clone(&new));
        Ok(new)
    }
}

impl Alphabet {
    /// Where nothing is known about strings.
    pub(super) const EMPTY: Self = Self {
        patterns: Vec::new(),
        classes: Vec::new(),
    };

    fn new(patterns: &BTreeSet<String>, values: &BTreeSet<String>) -> Result<Self, String> {
        let patterns: Vec<String> = patterns.iter().cloned().collect();
        let product = Product::new(&patterns, values)?;
        let classes = product.explore()?;
        Ok(Self { patterns, classes })
    }

    /// The classes, by number.
    pub(super) fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Whether the strings of `class` match `pattern`, one of those that the alphabet was made of.
    pub(super) fn matches(&self, class: &Class, pattern: &str) -> bool {
        let index = self
            .patterns
            .binary_search_by(|other| other.as_str().cmp(pattern));
        index.is_ok_and(|index| class.matches[index])
    }
}

impl Class {
    /// Whether `text` is the one string of the class.
    pub(super) fn is(&self, text: &str) -> bool {
        self.value.as_deref() == Some(text)
    }
}

/// All automata side by side, and a trie of the values.
struct Product {
    automata: Vec<dense::DFA<Vec<u32>>>,
    /// Which strings are text at all.
    utf8: dense::DFA<Vec<u32>>,
    trie: Trie,
    /// One byte for each class that no automaton divides.
    bytes: Vec<u8>,
}

impl Product {
    fn new(patterns: &[String], values: &BTreeSet<String>) -> Result<Self, String> {
        let automata = patterns
            .iter()
            .map(|pattern| {
                automaton(&format!(r"\A(?s:.*)(?:{pattern})(?s:.*)\z"))
                    .map_err(|error| format!("`{pattern}` has no small automaton: {error}"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let utf8 = automaton(r"\A(?s:.*)\z")?;
        let trie = Trie::new(values);
        let mut seen = BTreeSet::new();
        let bytes = (0..=u8::MAX).filter(|&byte| {
            let mut key: Vec<u8> = automata
                .iter()
                .map(|dfa| dfa.byte_classes().get(byte))
                .collect();
            key.push(utf8.byte_classes().get(byte));
            key.extend(trie.knows(byte).then_some(byte));
            seen.insert(key)
        });
        Ok(Self {
            bytes: bytes.collect(),
            automata,
            utf8,
            trie,
        })
    }

    /// Breadth first, so that the string of each class is a shortest one.
    fn explore(&self) -> Result<Vec<Class>, String> {
        let begin = |dfa: &dense::DFA<Vec<u32>>| {
            dfa.start_state(&start::Config::new().anchored(Anchored::Yes))
                .map_err(|error| error.to_string())
        };
        let states = self
            .automata
            .iter()
            .map(begin)
            .collect::<Result<Vec<_>, _>>()?;
        let first = State {
            states,
            utf8: begin(&self.utf8)?,
            trie: Some(0),
        };
        let mut known = HashMap::from([(first.clone(), 0)]);
        // Each state with the one before it and the byte between them.
        let mut queue = vec![(first, 0, 0)];
        let mut classes: BTreeMap<(Vec<bool>, Option<String>), usize> = BTreeMap::new();
        let mut at = 0;
        while let Some((state, _, _)) = queue.get(at) {
            let state = state.clone();
            if ends_in_match(&self.utf8, state.utf8) {
                let pairs = self.automata.iter().zip(&state.states);
                let matches = pairs.map(|(dfa, &id)| ends_in_match(dfa, id)).collect();
                let value = state.trie.and_then(|node| self.trie.value(node));
                classes.entry((matches, value)).or_insert(at);
            }
            for &byte in &self.bytes {
                let utf8 = self.utf8.next_state(state.utf8, byte);
                if self.utf8.is_dead_state(utf8) {
                    continue;
                }
                let pairs = self.automata.iter().zip(&state.states);
                let next = State {
                    states: pairs.map(|(dfa, &id)| dfa.next_state(id, byte)).collect(),
                    utf8,
                    trie: state.trie.and_then(|node| self.trie.next(node, byte)),
                };
                if !known.contains_key(&next) {
                    if queue.len() >= MAX_STATES {
                        return Err("the patterns are too large to be compared".to_owned());
                    }
                    known.insert(next.clone(), queue.len());
                    queue.push((next, at, byte));
                }
            }
            at += 1;
        }
        let text = |mut at: usize| {
            let mut bytes = Vec::new();
            while at != 0 {
                let (_, before, byte) = &queue[at];
                bytes.push(*byte);
                at = *before;
            }
            bytes.reverse();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let classes = classes.into_iter();
        Ok(classes
            .map(|((matches, value), at)| Class {
                matches,
                value,
                example: text(at),
            })
            .collect())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    states: Vec<StateID>,
    utf8: StateID,
    /// Nothing once no value begins like this.
    trie: Option<usize>,
}

fn automaton(pattern: &str) -> Result<dense::DFA<Vec<u32>>, String> {
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(MAX_BYTES))
        .determinize_size_limit(Some(MAX_BYTES));
    let built = dense::Builder::new().configure(config).build(pattern);
    built.map_err(|error| error.to_string())
}

fn ends_in_match(dfa: &dense::DFA<Vec<u32>>, state: StateID) -> bool {
    dfa.is_match_state(dfa.next_eoi_state(state))
}

/// The values, letter by letter.
#[derive(Debug, Default)]
struct Trie {
    nodes: Vec<BTreeMap<u8, usize>>,
    values: BTreeMap<usize, String>,
    bytes: BTreeSet<u8>,
}

impl Trie {
    fn new(values: &BTreeSet<String>) -> Self {
        let mut trie = Self {
            nodes: vec![BTreeMap::new()],
            ..Self::default()
        };
        for value in values {
            let mut node = 0;
            for &byte in value.as_bytes() {
                trie.bytes.insert(byte);
                let fresh = trie.nodes.len();
                let next = *trie.nodes[node].entry(byte).or_insert(fresh);
                if next == fresh {
                    trie.nodes.push(BTreeMap::new());
                }
                node = next;
            }
            trie.values.insert(node, value.clone());
        }
        trie
    }

    fn knows(&self, byte: u8) -> bool {
        self.bytes.contains(&byte)
    }

    fn next(&self, node: usize, byte: u8) -> Option<usize> {
        self.nodes[node].get(&byte).copied()
    }

    fn value(&self, node: usize) -> Option<String> {
        self.values.get(&node).cloned()
    }
}
