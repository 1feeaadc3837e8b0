//! Filters as Knative's objects have them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Filter;
use super::cesql::Expression;
use super::tree::Tree;
use crate::trigger::nearest;
use crate::trigger::object::{Invalid, invalid};

const DIALECTS: [&str; 7] = ["exact", "prefix", "suffix", "all", "any", "not", "cesql"];

/// Reads a list of filters.
pub(in crate::trigger) fn read_filters(tree: Tree, place: &str) -> Result<Vec<Filter>, Invalid> {
    let Tree::List(filters) = tree else {
        return Err(wrong(place, &tree, "set a list of filters"));
    };
    let filters = filters.into_iter().enumerate();
    filters
        .map(|(index, filter)| read_filter(filter, &format!("{place}[{index}]")))
        .collect()
}

/// Reads `spec.filter`: the attributes that an event must have.
pub(in crate::trigger) fn read_attributes(
    tree: Tree,
    place: &str,
) -> Result<BTreeMap<String, String>, Invalid> {
    let mut attributes = BTreeMap::new();
    for (name, tree) in members(tree, place, "set an object with `attributes`")? {
        let place = format!("{place}.{}", name.escape_debug());
        if name != "attributes" {
            let problem = format!("`{}` is not known here", name.escape_debug());
            return Err(invalid(
                place,
                problem,
                nearest::suggest(&name, &["attributes"]),
            ));
        }
        attributes = texts(tree, &place)?;
    }
    Ok(attributes)
}

fn read_filter(tree: Tree, place: &str) -> Result<Filter, Invalid> {
    let members = members(tree, place, "set an object with one dialect")?;
    if let Some((name, _)) = members
        .iter()
        .find(|(name, _)| !DIALECTS.contains(&name.as_str()))
    {
        let name = name.escape_debug();
        return Err(invalid(
            format!("{place}.{name}"),
            format!("`{name}` is no dialect of filters"),
            nearest::suggest(&name.to_string(), &DIALECTS),
        ));
    }
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    let found = names.join("` and `");
    let Ok([(dialect, tree)]) = <[_; 1]>::try_from(members) else {
        return Err(if found.is_empty() {
            let known = DIALECTS.join("`, `");
            invalid(
                place,
                "the filter has no dialect",
                format!("use one of `{known}`"),
            )
        } else {
            invalid(
                place,
                format!("`{found}` stand in one filter, which has one dialect"),
                "write a filter for each of them: all must pass",
            )
        });
    };
    let place = format!("{place}.{dialect}");
    Ok(match dialect.as_str() {
        "exact" => Filter::Exact(texts(tree, &place)?),
        "prefix" => Filter::Prefix(texts(tree, &place)?),
        "suffix" => Filter::Suffix(texts(tree, &place)?),
        "all" => Filter::All(read_filters(tree, &place)?),
        "any" => Filter::Any(read_filters(tree, &place)?),
        "not" => Filter::Not(Box::new(read_filter(tree, &place)?)),
        _ => Filter::CeSql(expression(&tree, &place)?),
    })
}

fn expression(tree: &Tree, place: &str) -> Result<Expression, Invalid> {
    let Tree::Text(text) = tree else {
        return Err(wrong(place, tree, "set a text such as `type = 'a'`"));
    };
    Expression::parse(text).map_err(|error| {
        invalid(
            place,
            format!("`{}`: {error}", excerpt(text)),
            "write an expression of CloudEvents SQL 1.0, such as `type = 'a' AND EXISTS subject`",
        )
    })
}

/// The start of a text that may be long, in one line.
fn excerpt(text: &str) -> String {
    let in_line = |c: char| if c.is_control() { ' ' } else { c };
    let mut start: String = text.chars().take(80).map(in_line).collect();
    if text.chars().nth(80).is_some() {
        start.push('…');
    }
    start
}

/// The members of an object, none of them twice.
fn members(tree: Tree, place: &str, fix: &str) -> Result<Vec<(String, Tree)>, Invalid> {
    let Tree::Object(members) = tree else {
        return Err(wrong(place, &tree, fix));
    };
    for (index, (name, _)) in members.iter().enumerate() {
        if members[..index].iter().any(|(other, _)| other == name) {
            let name = name.escape_debug();
            let problem = format!("`{name}` stands twice");
            return Err(invalid(
                format!("{place}.{name}"),
                problem,
                "keep one of them",
            ));
        }
    }
    Ok(members)
}

fn texts(tree: Tree, place: &str) -> Result<BTreeMap<String, String>, Invalid> {
    let mut texts = BTreeMap::new();
    for (name, value) in members(tree, place, "set an object of attribute names and values")? {
        let Tree::Text(text) = value else {
            let place = format!("{place}.{}", name.escape_debug());
            return Err(wrong(&place, &value, "set a text; put numbers in quotes"));
        };
        texts.insert(name, text);
    }
    Ok(texts)
}

fn wrong(place: &str, tree: &Tree, fix: &str) -> Invalid {
    invalid(place, format!("this is {}", tree.kind()), fix)
}

impl Filter {
    /// The filter as it stands in a Trigger.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list = |filters: &[Self]| filters.iter().map(Self::to_json).collect::<Value>();
        match self {
            Self::Exact(wanted) => json!({ "exact": wanted }),
            Self::Prefix(wanted) => json!({ "prefix": wanted }),
            Self::Suffix(wanted) => json!({ "suffix": wanted }),
            Self::All(filters) => json!({ "all": list(filters) }),
            Self::Any(filters) => json!({ "any": list(filters) }),
            Self::Not(filter) => json!({ "not": filter.to_json() }),
            Self::CeSql(expression) => json!({ "cesql": expression.text() }),
        }
    }
}
