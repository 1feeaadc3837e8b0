//! Filters: all dialects, and as much of CESQL as the rows speak.

use serde_json::{Map, Value};

use super::event::Event;
use super::store::Class;
use crate::mutant::fault::Fault;

const DIALECTS: [&str; 7] = ["exact", "prefix", "suffix", "all", "any", "not", "cesql"];

/// Whether a filter means something.
pub(super) fn is_legal(filter: &Value) -> bool {
    let Some(members) = filter.as_object() else {
        return false;
    };
    let [(dialect, value)] = members.iter().collect::<Vec<_>>()[..] else {
        return false;
    };
    let is_name = |name: &String| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match dialect.as_str() {
        "all" | "any" => value
            .as_array()
            .is_some_and(|filters| filters.iter().all(is_legal)),
        "not" => is_legal(value),
        "cesql" => value.as_str().is_some_and(|text| clauses(text).is_some()),
        other => {
            let names = value.as_object();
            DIALECTS.contains(&other) && names.is_some_and(|names| names.keys().all(is_name))
        }
    }
}

/// Whether an event passes a Trigger's filters.
pub(super) fn passes(spec: &Value, event: &Event, class: Class, fault: Fault) -> bool {
    if fault.is("M-PASSES-ALL") {
        return true;
    }
    let filters = spec["filters"]
        .as_array()
        .filter(|filters| !filters.is_empty() || fault.is("M-EMPTY-PASSES"));
    let attributes = spec["filter"]["attributes"].as_object();
    match (filters, attributes) {
        (Some(_), Some(attributes)) if fault.is("M-LEGACY-FIRST") => {
            legacy(attributes, event, class, fault)
        }
        (Some(filters), _) if fault.is("M-FIRST-FILTER") => filters
            .first()
            .is_none_or(|filter| matches(filter, event, fault)),
        (Some(filters), _) => filters.iter().all(|filter| matches(filter, event, fault)),
        (None, Some(attributes)) => legacy(attributes, event, class, fault),
        (None, None) => true,
    }
}

fn legacy(attributes: &Map<String, Value>, event: &Event, class: Class, fault: Fault) -> bool {
    attributes.iter().all(|(name, wanted)| {
        let wanted = wanted.as_str().unwrap_or_default();
        if wanted.is_empty() {
            let any = class == Class::Kafka && !fault.is("M-WANTS-PRESENCE");
            return any || event.attributes.contains_key(name);
        }
        event.get(name) == wanted
    })
}

fn matches(filter: &Value, event: &Event, fault: Fault) -> bool {
    let Some((dialect, value)) = filter.as_object().and_then(|members| members.iter().next())
    else {
        return true;
    };
    let all = |fits: &dyn Fn(&str, &str) -> bool| {
        let wanted = value.as_object().into_iter().flatten();
        let mut wanted = wanted.map(|(name, wanted)| (name, wanted.as_str().unwrap_or_default()));
        wanted.all(|(name, wanted)| match event.attributes.get(name) {
            Some(found) => fits(found, wanted),
            None => fault.is("M-ABSENT-MATCHES"),
        })
    };
    let nested = || value.as_array().into_iter().flatten();
    match dialect.as_str() {
        "exact" if fault.is("M-ANY-CASE") => {
            all(&|found, wanted| found.eq_ignore_ascii_case(wanted))
        }
        "exact" => all(&|found, wanted| found == wanted),
        "prefix" if fault.is("M-PREFIX-CONTAINS") => all(&|found, wanted| found.contains(wanted)),
        "prefix" => all(&|found, wanted| found.starts_with(wanted)),
        "suffix" if fault.is("M-SUFFIX-CONTAINS") => all(&|found, wanted| found.contains(wanted)),
        "suffix" => all(&|found, wanted| found.ends_with(wanted)),
        "all" if fault.is("M-ALL-IS-ANY") => nested().any(|filter| matches(filter, event, fault)),
        "all" => nested().all(|filter| matches(filter, event, fault)),
        "any" if fault.is("M-ANY-IS-FIRST") => nested()
            .next()
            .is_some_and(|filter| matches(filter, event, fault)),
        "any" => nested().any(|filter| matches(filter, event, fault)),
        "not" => !matches(value, event, fault) || fault.is("M-NOT-PASSES"),
        "cesql" if fault.is("M-SQL-PASSES") => true,
        "cesql" => sql(value.as_str().unwrap_or_default(), event),
        _ => true,
    }
}

/// `name = 'text'` and `name LIKE '%text%'`, joined by AND.
fn clauses(text: &str) -> Option<Vec<(&str, &str, &str)>> {
    let quoted = |word: &'static str| move |text: &str| text.contains(word);
    text.split(" AND ")
        .map(|clause| {
            let operator = if quoted(" LIKE ")(clause) {
                " LIKE "
            } else {
                " = "
            };
            let (name, value) = clause.split_once(operator)?;
            let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            Some((name.trim(), operator.trim(), value))
        })
        .collect()
}

fn sql(text: &str, event: &Event) -> bool {
    let Some(clauses) = clauses(text) else {
        return false;
    };
    clauses.into_iter().all(|(name, operator, value)| {
        let Some(found) = event.attributes.get(name) else {
            return false;
        };
        match operator {
            "LIKE" => found.contains(value.trim_matches('%')),
            _ => found == value,
        }
    })
}
