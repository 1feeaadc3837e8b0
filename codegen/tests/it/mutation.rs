//! Every keyword is needed: change one, and some vector is judged otherwise.
//!
//! Each keyword of each bundle is changed in turn, in both views at once. A change that no vector notices is a
//! survivor: either a vector is missing, or the keyword says nothing. A shared definition stands in several bundles; the
//! vectors of any of them may notice.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use crate::tree::repository;

mod operator;

const EVENTS: &[&str] = &[
    "ingestor.data",
    "strategy.signal",
    "portfolio.order",
    "portfolio.cancel",
    "executor.execution",
];

/// One event: its bundles and the payloads of its vectors with their verdict in each.
struct Event {
    strict: Value,
    reader: Value,
    vectors: Vec<(Value, [bool; 2])>,
}

fn compile(schema: &Value) -> Option<Validator> {
    let pattern = jsonschema::PatternOptions::regex();
    let options = jsonschema::options().with_pattern_options(pattern);
    options.build(schema).ok()
}

impl Event {
    fn load(name: &str) -> Self {
        let read = |path: &std::path::Path| -> Value {
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        };
        let bundle = |view| read(&repository().join(format!("schemas/dist/{view}/{name}.json")));
        let (strict, reader) = (bundle("strict"), bundle("reader"));
        let judges = [&strict, &reader].map(|schema| compile(schema).unwrap());
        let mut vectors = Vec::new();
        for kind in ["valid", "invalid"] {
            let folder = repository().join("schemas/vectors").join(name).join(kind);
            for file in std::fs::read_dir(folder).unwrap() {
                let data = read(&file.unwrap().path())["data"].take();
                let verdicts = [0, 1].map(|view: usize| judges[view].is_valid(&data));
                vectors.push((data, verdicts));
            }
        }
        Self {
            strict,
            reader,
            vectors,
        }
    }

    /// Whether some vector is judged otherwise by the bundles with `value` at `pointer`.
    fn notices(&self, pointer: &str, keyword: &str, value: Option<&Value>) -> bool {
        [&self.strict, &self.reader]
            .into_iter()
            .enumerate()
            .any(|(view, original)| {
                let mut schema = original.clone();
                let Some(Value::Object(holder)) = schema.pointer_mut(pointer) else {
                    return false;
                };
                if holder.get(keyword)
                    != self.strict.pointer(pointer).and_then(|it| it.get(keyword))
                {
                    return false; // the views differ here on purpose: only the strict one is changed
                }
                match value {
                    Some(value) => drop(holder.insert(keyword.to_owned(), value.clone())),
                    None => drop(holder.remove(keyword)),
                }
                let Some(validator) = compile(&schema) else {
                    return true; // no schema any more: the build notices
                };
                let judged = |(data, verdicts): &(Value, [bool; 2])| {
                    validator.is_valid(data) != verdicts[view]
                };
                self.vectors.iter().any(judged)
            })
    }
}

/// Calls `visit` with the pointer of each schema object, its keywords and their values.
fn walk(schema: &Value, pointer: &str, visit: &mut impl FnMut(&str, &str, &Value)) {
    let Value::Object(keywords) = schema else {
        return;
    };
    for (keyword, value) in keywords {
        visit(pointer, keyword, value);
        let inside = format!("{pointer}/{keyword}");
        match (keyword.as_str(), value) {
            ("properties" | "$defs", Value::Object(members)) => {
                for (name, schema) in members {
                    walk(schema, &format!("{inside}/{name}"), visit);
                }
            }
            ("oneOf", Value::Array(branches)) => {
                for (index, schema) in branches.iter().enumerate() {
                    walk(schema, &format!("{inside}/{index}"), visit);
                }
            }
            ("items" | "not" | "additionalProperties" | "propertyNames", schema) => {
                walk(schema, &inside, visit);
            }
            _ => {}
        }
    }
}

/// Changes that no value can notice, because another keyword says the same. They stay for what else they tell.
const WAIVED: &[(&str, &[&str])] = &[
    (
        "`type` beside `not: {pattern}` or beside `oneOf`: the other keyword refuses values of other types by accident \
         (`not` because a pattern holds for all that is no string, `oneOf` because two branches do); generators and \
         people read the type from `type`",
        &[
            "common Decimal/type deleted",
            "common SignedRatio/type deleted",
            "common UtcTimestamp/type deleted",
            "executor.execution /type deleted",
            "ingestor.data /type deleted",
            "portfolio.order /type deleted",
        ],
    ),
    (
        "the values of a tag stand in its enumeration and, each with its row, in the tag table: the enumeration is the \
         type, the rows are the rules, and neither lets through what the other refuses",
        &[
            "common ExecutionType/enum with its first value in lower case",
            "common OrderType/enum with its first value in lower case",
            "executor.execution /oneOf/0/properties/ExecType/enum with its first value in lower case",
            "executor.execution /oneOf/2/properties/ExecType/enum with its first value in lower case",
            "executor.execution /oneOf/3/properties/ExecType/enum with its first value in lower case",
            "portfolio.order /properties/Type/$ref deleted",
        ],
    ),
];

#[test]
fn every_keyword_is_noticed_by_a_vector() {
    let mut mutants: BTreeMap<String, bool> = BTreeMap::new();
    let mut vectors = 0;
    for name in EVENTS {
        let event = Event::load(name);
        vectors += event.vectors.len();
        walk(&event.strict, "", &mut |pointer, keyword, value| {
            for change in operator::changes(keyword, value) {
                // What is shared is one mutant, whichever event's vectors notice it.
                let place = match pointer.strip_prefix("/$defs/") {
                    Some(shared) => format!("common {shared}"),
                    None => format!("{name} {pointer}"),
                };
                let killed = mutants
                    .entry(format!("{place}/{keyword} {}", change.what))
                    .or_default();
                *killed = *killed || event.notices(pointer, keyword, change.value.as_ref());
            }
        });
    }
    let survivors: BTreeSet<&str> = mutants
        .iter()
        .filter(|(_, killed)| !**killed)
        .map(|(mutant, _)| mutant.as_str())
        .collect();
    let waived: BTreeSet<&str> = WAIVED
        .iter()
        .flat_map(|(_, mutants)| *mutants)
        .copied()
        .collect();
    let missed: Vec<&&str> = survivors.difference(&waived).collect();
    let stale: Vec<&&str> = waived.difference(&survivors).collect();
    println!(
        "{} mutants: {} killed by {vectors} vectors, {} equivalent and waived, {} missed",
        mutants.len(),
        mutants.len() - survivors.len(),
        survivors.len() - missed.len(),
        missed.len()
    );
    assert!(mutants.len() > 500, "only {} mutants", mutants.len());
    assert!(missed.is_empty(), "no vector notices:\n{missed:#?}");
    assert!(stale.is_empty(), "killed, and waived no more:\n{stale:#?}");
}
