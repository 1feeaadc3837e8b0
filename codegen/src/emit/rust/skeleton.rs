//! typify: names of types, fields and variants. Nothing else in the workspace knows it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use syn::{Ident, Item, ItemEnum, ItemStruct};

use crate::error::{Error, Errors};
use crate::lint as rule;
use crate::model::{Enumeration, Field, Local, Model, Payload, Shape};

/// What typify drew, by the name on the wire.
#[derive(Default)]
pub(super) struct Skeletons {
    structs: BTreeMap<String, ItemStruct>,
    enums: BTreeMap<String, ItemEnum>,
}

/// Draws every struct and enumeration of the model.
pub(super) fn draw(model: &Model) -> Result<Skeletons, Errors> {
    let failed = |message: String| {
        Error::new(
            rule::NAME_COLLISION,
            "schemas",
            "",
            format!("typify: {message}"),
        )
    };
    let schema =
        serde_json::from_value(lowered(model)).map_err(|error| failed(error.to_string()))?;
    let mut space = typify::TypeSpace::new(&typify::TypeSpaceSettings::default());
    space
        .add_root_schema(schema)
        .map_err(|error| failed(error.to_string()))?;
    let file: syn::File =
        syn::parse2(space.to_stream()).map_err(|error| failed(error.to_string()))?;

    let mut skeletons = Skeletons::default();
    for item in file.items {
        match item {
            Item::Struct(item) => {
                skeletons.structs.insert(item.ident.to_string(), item);
            }
            Item::Enum(item) => {
                skeletons.enums.insert(item.ident.to_string(), item);
            }
            // Impls and helper modules: typify's own decoders, which accept too much.
            _ => {}
        }
    }
    Ok(skeletons)
}

impl Skeletons {
    /// The type's name and one identifier a field.
    pub(super) fn structure(
        &self,
        title: &str,
        fields: &[Field],
    ) -> Result<(Ident, Vec<Ident>), Error> {
        let item = self.structs.get(title).ok_or_else(|| renamed(title))?;
        let found = fields.iter().map(|field| {
            item.fields
                .iter()
                .find(|drawn| wire_name(&drawn.attrs).as_deref() == Some(&field.name))
                .and_then(|drawn| drawn.ident.clone())
                .ok_or_else(|| renamed(&field.name))
        });
        Ok((item.ident.clone(), found.collect::<Result<_, _>>()?))
    }

    /// The type's name and one identifier a value.
    pub(super) fn enumeration(
        &self,
        enumeration: &Enumeration,
    ) -> Result<(Ident, Vec<Ident>), Error> {
        let title = &enumeration.title;
        let item = self.enums.get(title).ok_or_else(|| renamed(title))?;
        let found = enumeration.values.iter().map(|value| {
            item.variants
                .iter()
                .find(|drawn| {
                    let wire = wire_name(&drawn.attrs);
                    wire.unwrap_or_else(|| drawn.ident.to_string()) == *value
                })
                .map(|drawn| drawn.ident.clone())
                .ok_or_else(|| renamed(value))
        });
        Ok((item.ident.clone(), found.collect::<Result<_, _>>()?))
    }

    /// The variant for `value`.
    pub(super) fn variant(&self, enumeration: &str, value: &str) -> Result<Ident, Error> {
        let item = self
            .enums
            .get(enumeration)
            .ok_or_else(|| renamed(enumeration))?;
        item.variants
            .iter()
            .find(|drawn| {
                let wire = wire_name(&drawn.attrs);
                wire.unwrap_or_else(|| drawn.ident.to_string()) == value
            })
            .map(|drawn| drawn.ident.clone())
            .ok_or_else(|| renamed(value))
    }
}

fn renamed(name: &str) -> Error {
    Error::new(
        rule::NAME_COLLISION,
        "schemas",
        "",
        format!("`{name}` is no name in Rust's camel case"),
    )
}

/// The `rename` of a serde attribute.
fn wire_name(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // Other serde attributes may follow in forms that are of no interest, so an error ends the search only.
        drop(attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        }));
    }
    name
}

/// The model in what typify takes: draft 7, flat objects, string enumerations, no conditions.
fn lowered(model: &Model) -> Value {
    let mut definitions = Map::new();
    for enumeration in &model.enumerations {
        add_enumeration(&mut definitions, enumeration);
    }
    for event in &model.events {
        add_struct(
            &mut definitions,
            event.payload.title(),
            event.payload.fields(),
        );
        if let Payload::Union(union) = &event.payload {
            for variant in &union.variants {
                add_struct(
                    &mut definitions,
                    &variant.content.title,
                    &variant.content.fields,
                );
            }
        }
        for local in &event.locals {
            match local {
                Local::Struct(local) => add_struct(&mut definitions, &local.title, &local.fields),
                Local::Enumeration(local) => add_enumeration(&mut definitions, local),
            }
        }
    }
    json!({ "$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions })
}

fn add_enumeration(definitions: &mut Map<String, Value>, enumeration: &Enumeration) {
    let schema = json!({ "type": "string", "enum": enumeration.values });
    definitions.insert(enumeration.title.clone(), schema);
}

fn add_struct(definitions: &mut Map<String, Value>, title: &str, fields: &[Field]) {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let schema = match field.shape {
                Shape::Boolean => json!({ "type": "boolean" }),
                // Only names are taken from the drawing; types come from the model.
                _ => json!({ "type": "string" }),
            };
            (field.name.clone(), schema)
        })
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name.as_str())
        .collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    definitions.insert(title.to_owned(), schema);
}
