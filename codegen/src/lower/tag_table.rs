//! `oneOf` whose branches fix a tag and require or forbid members: a table, not a union of types.

use super::{Definition, Definitions, Node};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::{Enumeration, Field, Row, Shape, TagTable};

pub(super) fn lower(
    branches: &Node<'_>,
    fields: &[Field],
    definitions: &Definitions,
) -> Result<TagTable, Errors> {
    let mut errors = Errors::default();
    let mut tag: Option<(&Field, &Enumeration)> = None;
    let mut rows = Vec::new();
    for branch in branches.items() {
        let Some((name, row)) = errors.keep(row(&branch, fields)) else {
            continue;
        };
        let Some(found) = errors.keep(enumeration(&branch, name, fields, definitions)) else {
            continue;
        };
        if tag.get_or_insert(found).0.name != found.0.name {
            errors.push(branch.error(
                rule::UNION_TAGGED,
                "the branches decide by different members",
            ));
        }
        for value in row
            .values
            .iter()
            .filter(|value| !found.1.values.contains(value))
        {
            errors.push(branch.error(
                rule::UNION_TAGGED,
                format!("`{value}` is no value of `{name}`"),
            ));
        }
        rows.push(row);
    }
    let Some((field, enumeration)) = tag else {
        errors.push(branches.error(rule::UNION_TAGGED, "no branch fixes a tag"));
        return errors.or(TagTable {
            tag: String::new(),
            enumeration: String::new(),
            rows,
        });
    };
    if !field.required {
        errors.push(branches.error(
            rule::UNION_TAGGED,
            format!("the tag `{}` may be absent", field.name),
        ));
    }
    for value in &enumeration.values {
        if !rows.iter().any(|row| row.values.contains(value)) {
            errors.push(branches.error(rule::UNION_TAGGED, format!("no branch is for `{value}`")));
        }
    }
    for (index, row) in rows.iter().enumerate() {
        // Branches of one value must exclude each other, or `oneOf` refuses what the table allows.
        let clash = rows[..index].iter().any(|other| {
            let shared = other.values.iter().any(|value| row.values.contains(value));
            let apart = |a: &Row, b: &Row| a.required.iter().any(|name| b.forbidden.contains(name));
            shared && !apart(row, other) && !apart(other, row)
        });
        if clash {
            let message = "an earlier branch of the same value can hold together with this one";
            errors.push(branches.error_at(rule::UNION_TAGGED, &index.to_string(), message));
        }
    }
    errors.or(TagTable {
        tag: field.name.clone(),
        enumeration: enumeration.title.clone(),
        rows,
    })
}

/// One branch: the name of its tag, and its row.
fn row<'a>(branch: &Node<'a>, fields: &[Field]) -> Result<(&'a str, Row), Error> {
    let mut tag = None;
    let mut row = Row {
        values: Vec::new(),
        required: Vec::new(),
        forbidden: Vec::new(),
    };
    for (name, condition) in branch.children("properties") {
        if *condition.json() == Json::Bool(false) {
            row.forbidden.push(name.to_owned());
            continue;
        }
        let values = match condition.text("const") {
            Ok(value) => vec![value],
            Err(_) => condition.texts("enum"),
        };
        if values.is_empty() || tag.replace(name).is_some() {
            return Err(condition.error(
                rule::UNION_TAGGED,
                "a branch fixes one tag and forbids members, nothing else",
            ));
        }
        row.values = values.into_iter().map(str::to_owned).collect();
    }
    row.required = branch
        .texts("required")
        .into_iter()
        .map(str::to_owned)
        .collect();
    for name in row.required.iter().chain(&row.forbidden) {
        let optional = fields
            .iter()
            .any(|field| field.name == *name && !field.required);
        if !optional {
            return Err(branch.error(
                rule::UNION_TAGGED,
                format!("`{name}` is no optional member"),
            ));
        }
        if row.required.contains(name) && row.forbidden.contains(name) {
            return Err(branch.error(
                rule::UNION_TAGGED,
                format!("`{name}` is required and forbidden"),
            ));
        }
    }
    match tag {
        Some(tag) => Ok((tag, row)),
        None => Err(branch.error(rule::UNION_TAGGED, "the branch fixes no tag")),
    }
}

fn enumeration<'a>(
    branch: &Node<'_>,
    tag: &str,
    fields: &'a [Field],
    definitions: &'a Definitions,
) -> Result<(&'a Field, &'a Enumeration), Error> {
    let field = fields.iter().find(|field| field.name == tag);
    let found = field.and_then(|field| match &field.shape {
        Shape::Enumeration(name) => match definitions.get(name) {
            Some(Definition::Enumeration(enumeration)) => Some((field, enumeration)),
            _ => None,
        },
        _ => None,
    });
    found.ok_or_else(|| {
        branch.error(
            rule::UNION_TAGGED,
            format!("the tag `{tag}` is no enumeration"),
        )
    })
}
