//! The model of one event, with its names resolved.

use super::{Field, Group, Object, Row, Shape, Table, Union, Variant, meaning, pascal};
use crate::model;

/// Where names are looked up.
pub(super) struct Scope<'a> {
    model: &'a model::Model,
    event: &'a model::Event,
}

impl<'a> Scope<'a> {
    /// The names of an event and of what events share.
    pub(super) const fn new(model: &'a model::Model, event: &'a model::Event) -> Self {
        Self { model, event }
    }

    pub(super) fn object(&self, object: &model::Struct) -> Object {
        Object {
            title: object.title.clone(),
            description: object.description.clone(),
            fields: self.fields(&object.fields),
            table: object
                .table
                .as_ref()
                .map(|table| self.table(table, &object.fields)),
        }
    }

    pub(super) fn fields(&self, fields: &[model::Field]) -> Vec<Field> {
        let field = |field: &model::Field| Field {
            name: field.name.clone(),
            description: field.description.clone(),
            required: field.required,
            shape: self.shape(&field.shape),
        };
        fields.iter().map(field).collect()
    }

    fn shape(&self, shape: &model::Shape) -> Shape {
        let mut made = Shape {
            kind: "",
            of: String::new(),
            meaning: "",
            open: false,
            most: 0,
            key: String::new(),
            item: None,
        };
        match shape {
            model::Shape::Scalar(title) => {
                made.kind = "scalar";
                made.meaning = self.meaning(title);
                made.of.clone_from(title);
            }
            model::Shape::Enumeration(title) => {
                made.kind = "enumeration";
                made.open = self.is_open(title);
                made.of.clone_from(title);
            }
            model::Shape::Struct(title) => {
                made.kind = "struct";
                made.of.clone_from(title);
            }
            model::Shape::Boolean => made.kind = "boolean",
            model::Shape::List { item, most } => {
                made.kind = "list";
                made.most = *most;
                made.item = Some(Box::new(self.shape(item)));
            }
            model::Shape::Map { key, value, most } => {
                made.kind = "map";
                made.meaning = self.meaning(value);
                made.key.clone_from(key);
                made.of.clone_from(value);
                made.most = *most;
            }
            model::Shape::Tag => {
                made.kind = "tag";
                made.open = self.union_of().is_some_and(|union| union.open);
            }
            model::Shape::Content => {
                made.kind = "content";
                made.of = self
                    .union_of()
                    .map(|union| union.content_title.clone())
                    .unwrap_or_default();
            }
        }
        made
    }

    fn meaning(&self, title: &str) -> &'static str {
        let scalar = self
            .model
            .scalars
            .iter()
            .find(|scalar| scalar.title == title);
        scalar.map_or("text", |scalar| meaning(scalar.meaning))
    }

    fn is_open(&self, title: &str) -> bool {
        let locals = self.event.locals.iter().filter_map(|local| match local {
            model::Local::Enumeration(enumeration) => Some(enumeration),
            model::Local::Struct(_) => None,
        });
        let mut all = self.model.enumerations.iter().chain(locals);
        all.any(|enumeration| enumeration.title == title && enumeration.open)
    }

    const fn union_of(&self) -> Option<&model::Union> {
        match &self.event.payload {
            model::Payload::Union(union) => Some(union),
            model::Payload::Struct(_) => None,
        }
    }

    pub(super) fn union(&self, union: &model::Union) -> Union {
        let variant = |variant: &model::Variant| Variant {
            value: variant.value.clone(),
            name: pascal(variant.value.rsplit('.').next().unwrap_or_default()),
            content: self.object(&variant.content),
        };
        let field = union
            .fields
            .iter()
            .find(|field| field.name == union.content);
        Union {
            tag: union.tag.clone(),
            content: union.content.clone(),
            title: union.content_title.clone(),
            description: field
                .map(|field| field.description.clone())
                .unwrap_or_default(),
            open: union.open,
            variants: union.variants.iter().map(variant).collect(),
        }
    }

    fn table(&self, table: &model::TagTable, fields: &[model::Field]) -> Table {
        let mut groups: Vec<(Vec<&model::Row>, Vec<String>)> = Vec::new();
        for value in table.rows.iter().flat_map(|row| &row.values) {
            if groups.iter().any(|(_, values)| values.contains(value)) {
                continue;
            }
            let rows = table.rows.iter();
            let rows: Vec<_> = rows.filter(|row| row.values.contains(value)).collect();
            match groups.iter_mut().find(|(others, _)| *others == rows) {
                Some((_, values)) => values.push(value.clone()),
                None => groups.push((rows, vec![value.clone()])),
            }
        }
        // In canonical order, as every language reads them.
        let ordered = |names: &[String]| -> Vec<String> {
            let names = fields.iter().filter(|field| names.contains(&field.name));
            names.map(|field| field.name.clone()).collect()
        };
        let named = |row: &model::Row| [row.required.clone(), row.forbidden.clone()].concat();
        let governed: Vec<String> = table.rows.iter().flat_map(named).collect();
        let group = |(rows, values): (Vec<&model::Row>, Vec<String>)| Group {
            values,
            rows: rows
                .into_iter()
                .map(|row| Row {
                    required: ordered(&row.required),
                    forbidden: ordered(&row.forbidden),
                })
                .collect(),
        };
        Table {
            tag: table.tag.clone(),
            enumeration: table.enumeration.clone(),
            open: self.is_open(&table.enumeration),
            governed: ordered(&governed),
            groups: groups.into_iter().map(group).collect(),
        }
    }
}
