//! `oneOf` whose branches give one member a shape for each value of a tag: a tagged union.

use super::{Definitions, Node};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::{Shape, Union, Variant};

/// Whether the first branch shapes a member.
pub(super) fn is_union(root: &Node<'_>) -> bool {
    let branches = root.child("oneOf").map(|node| node.items());
    branches.unwrap_or_default().first().is_some_and(|branch| {
        let members = branch.children("properties");
        members.iter().any(|(_, member)| member.has("properties"))
    })
}

pub(super) fn lower(root: &Node<'_>, definitions: &Definitions) -> Result<Union, Errors> {
    let mut fields = super::fields(root, definitions)?;
    super::require(root, &mut fields)?;
    let part = |shape: Shape, what: &str| -> Result<String, Error> {
        let mut found = fields.iter().filter(|field| field.shape == shape);
        match (found.next(), found.next()) {
            (Some(field), None) if field.required => Ok(field.name.clone()),
            _ => Err(root.error(
                rule::UNION_TAGGED,
                format!("a tagged union has one {what}, and requires it"),
            )),
        }
    };
    let tag = part(Shape::Tag, "tag")?;
    let content = part(Shape::Content, "content")?;

    let mut errors = Errors::default();
    let mut variants: Vec<Variant> = Vec::new();
    let branches = root.child("oneOf").map(|node| node.items());
    for branch in branches.unwrap_or_default() {
        let Some(variant) = errors.keep(variant(&branch, &tag, &content, definitions)) else {
            continue;
        };
        if variants.iter().any(|other| other.value == variant.value) {
            errors.push(branch.error(
                rule::UNION_TAGGED,
                format!("`{}` has two shapes", variant.value),
            ));
        }
        variants.push(variant);
    }
    let properties = root.child("properties");
    let declared = |name: &str| properties.as_ref().and_then(|node| node.child(name));
    let union = Union {
        title: root.text("title")?.to_owned(),
        description: root.text("description")?.to_owned(),
        open: declared(&tag).is_some_and(|node| {
            node.json().get("x-ingenium-extensible") == Some(&Json::Bool(true))
        }),
        content_title: match declared(&content) {
            Some(node) => node.text("title")?.to_owned(),
            None => content.clone(),
        },
        fields,
        tag,
        content,
        variants,
    };
    errors.or(union)
}

fn variant(
    branch: &Node<'_>,
    tag: &str,
    content: &str,
    definitions: &Definitions,
) -> Result<Variant, Errors> {
    let members = branch.children("properties");
    let member = |wanted: &str| {
        members
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, node)| node)
            .ok_or_else(|| {
                branch.error(
                    rule::UNION_TAGGED,
                    format!("the branch says nothing about `{wanted}`"),
                )
            })
    };
    let shape = member(content)?;
    Ok(Variant {
        value: member(tag)?.text("const")?.to_owned(),
        content: super::structure(shape, definitions, shape.text("title")?)?,
    })
}
