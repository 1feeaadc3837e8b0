//! Schema to model.
//!
//! The meta-schema has passed before, so a shape that is not understood here is one that it cannot express:
//! members that rows name but nobody declares, references to nowhere, tables with gaps, names that collide.

use crate::catalog::{Catalog, Entry};
use crate::error::{Error, Errors};
use crate::json::Json;
use crate::lint as rule;
use crate::model::{Event, Field, Payload, Scalar, Shape, Struct};

mod definitions;
mod names;
mod node;
mod scalar;
mod shape;
mod tag_table;
mod union;

pub(crate) use definitions::{Common, Definitions};
pub(crate) use names::check as names;

use definitions::Definition;
use node::Node;

/// Lowers the shared definitions.
pub(crate) fn common(catalog: &Catalog, file: &str, schema: &Json) -> Result<Common, Errors> {
    let root = Node::root(file, schema);
    identified(&root, &catalog.schema_id("common"))?;
    Definitions::common(&root)
}

/// The scalars of a file of shared definitions, whatever else stands in it.
pub(crate) fn scalars(file: &str, schema: &Json) -> Result<Vec<Scalar>, Errors> {
    Definitions::common(&Node::root(file, schema)).map(|common| common.scalars)
}

/// Lowers one event's schema.
pub(crate) fn event(
    catalog: &Catalog,
    entry: &Entry,
    schema: &Json,
    common: &Definitions,
) -> Result<Event, Errors> {
    let file = entry.file();
    let root = Node::root(&file, schema);
    let schema_id = catalog.schema_id(entry.name());
    identified(&root, &schema_id)?;
    let (definitions, locals) = common.with_locals(&root)?;

    let payload = if union::is_union(&root) {
        Payload::Union(union::lower(&root, &definitions)?)
    } else {
        Payload::Struct(structure(&root, &definitions, root.text("title")?)?)
    };
    let event = Event {
        entry: entry.clone(),
        schema_id,
        payload,
        locals,
    };
    routed(&root, &event)?;
    Ok(event)
}

/// Checks that a file carries the id that follows from its path.
fn identified(root: &Node<'_>, id: &str) -> Result<(), Errors> {
    if root.text("$id")? == id {
        return Ok(());
    }
    Err(root
        .error_at(
            rule::ID_MATCHES_PATH,
            "$id",
            format!("the id of this file is `{id}`"),
        )
        .into())
}

/// Lowers an object with `properties`.
fn structure(node: &Node<'_>, definitions: &Definitions, title: &str) -> Result<Struct, Errors> {
    let mut fields = fields(node, definitions)?;
    require(node, &mut fields)?;
    let table = match node.child("oneOf") {
        Some(rows) => Some(tag_table::lower(&rows, &fields, definitions)?),
        None => None,
    };
    if let Some(field) = fields
        .iter()
        .find(|field| matches!(field.shape, Shape::Tag | Shape::Content))
    {
        let properties = node.child("properties").unwrap_or_else(|| node.clone());
        return Err(properties
            .error_at(
                rule::UNION_TAGGED,
                &field.name,
                "the object is no tagged union",
            )
            .into());
    }
    Ok(Struct {
        title: title.to_owned(),
        description: node.text("description")?.to_owned(),
        fields,
        table,
    })
}

fn fields(node: &Node<'_>, definitions: &Definitions) -> Result<Vec<Field>, Errors> {
    let mut errors = Errors::default();
    let mut fields = Vec::new();
    for (name, member) in node.children("properties") {
        let field = shape::lower(&member, definitions).and_then(|shape| {
            Ok(Field {
                name: name.to_owned(),
                description: member.text("description")?.to_owned(),
                required: false,
                shape,
            })
        });
        fields.extend(errors.keep(field));
    }
    errors.or(fields)
}

fn require(node: &Node<'_>, fields: &mut [Field]) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for name in node.texts("required") {
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.required = true,
            None => errors.push(node.error_at(
                rule::REQUIRED_DECLARED,
                "required",
                format!("`{name}` is not declared"),
            )),
        }
    }
    errors.or(())
}

/// Checks that the catalog routes by members that exist.
fn routed(root: &Node<'_>, event: &Event) -> Result<(), Error> {
    use crate::catalog::PartitionKey;
    let fields = event.payload.fields();
    let declared = |name: &str| fields.iter().find(|field| field.name == name);
    if declared(&event.entry.subject.property).is_none_or(|field| !field.required) {
        return Err(root.error(
            rule::CATALOG,
            "the member that the catalog names as subject is not required",
        ));
    }
    if let PartitionKey::Property { property, default } = &event.entry.partition_key
        && declared(property).is_none_or(|field| !field.required && default.is_none())
    {
        let message = "the member that the catalog names as partition key may be absent";
        return Err(root.error(rule::CATALOG, message));
    }
    Ok(())
}
