//! A member's schema to its shape.

use super::{Definition, Definitions, Node};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::Shape;

pub(super) fn lower(member: &Node<'_>, definitions: &Definitions) -> Result<Shape, Errors> {
    if member.has("$ref") {
        return Ok(reference(member, definitions)?);
    }
    match member.json().get("type").and_then(Json::as_str) {
        Some("boolean") => Ok(Shape::Boolean),
        Some("array") => Ok(list(member, definitions)?),
        Some("object") => Ok(map(member, definitions)?),
        None if member.has("x-ingenium-extensible") => Ok(Shape::Tag),
        None if member.has("title") => Ok(Shape::Content),
        _ => Err(member
            .error(
                rule::KEYWORD_ALLOWED,
                "neither a reference, a boolean, a list, a map nor a part of a union",
            )
            .into()),
    }
}

fn reference(node: &Node<'_>, definitions: &Definitions) -> Result<Shape, Error> {
    if node.has("pattern") {
        return Err(node.error_at(
            rule::KEYWORD_ALLOWED,
            "pattern",
            "a refined scalar needs a name in `$defs`",
        ));
    }
    Ok(match definitions.resolve(node)? {
        (name, Definition::Scalar) => Shape::Scalar(name),
        (name, Definition::Enumeration(_)) => Shape::Enumeration(name),
        (name, Definition::Struct) => Shape::Struct(name),
    })
}

fn list(node: &Node<'_>, definitions: &Definitions) -> Result<Shape, Error> {
    let items = node
        .child("items")
        .ok_or_else(|| node.error(rule::KEYWORD_ALLOWED, "`items` is missing"))?;
    Ok(Shape::List {
        item: Box::new(reference(&items, definitions)?),
        most: limit(node, "maxItems")?,
    })
}

fn map(node: &Node<'_>, definitions: &Definitions) -> Result<Shape, Error> {
    let scalar = |name| {
        let child = node
            .child(name)
            .ok_or_else(|| node.error(rule::KEYWORD_ALLOWED, format!("`{name}` is missing")))?;
        match reference(&child, definitions)? {
            Shape::Scalar(name) => Ok(name),
            _ => Err(child.error(rule::KEYWORD_ALLOWED, "a map holds scalars")),
        }
    };
    Ok(Shape::Map {
        key: scalar("propertyNames")?,
        value: scalar("additionalProperties")?,
        most: limit(node, "maxProperties")?,
    })
}

fn limit(node: &Node<'_>, name: &str) -> Result<usize, Error> {
    let limit = match node.json().get(name) {
        Some(Json::Number(number)) => number.as_u64().and_then(|most| usize::try_from(most).ok()),
        _ => None,
    };
    limit.ok_or_else(|| node.error(rule::KEYWORD_ALLOWED, format!("`{name}` is missing")))
}
